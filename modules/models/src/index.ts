export * from './conversation.ts';
export * from './deployment.ts';
export * from './failure.ts';
export * from './model-call.ts';
export * from './spend.ts';
export * from './upstream.ts';
