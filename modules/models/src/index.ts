export * from './conversation.ts';
export * from './deployment.ts';
export * from './failure.ts';
export { fitHistory, type FitOptions, type FittedHistory } from './fit-history.ts';
export { prepareHistory, type HandoffChange, type HandoffOptions, type PreparedHistory } from './handoff.ts';
export * from './model-call.ts';
export * from './execute-spend.ts';
export * from './spend.ts';
export * from './spend-set.ts';
export * from './spend-tables.ts';
export { subjectsOf } from './spend-reserve.ts';
export { budgetAt } from './spend-window.ts';
export * from './upstream.ts';
export { chooseGainThreshold, type ThresholdAim, type ValidatedGain } from './choose-gain-threshold.ts';
export {
  askLearnedQuality,
  predictQuality,
  type ExpectedQuality,
  type LearnedModel,
  type LearnedQuality,
  type QualityModel,
} from './learned-quality.ts';
export { promptFeatures, type PromptFeatures } from './prompt-features.ts';
export { labelledOutcomesMin, trainQuality, type LabelledOutcome, type QualityTraining } from './train-quality.ts';
