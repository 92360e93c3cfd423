export * from './conversation.ts';
export * from './deployment.ts';
export * from './failure.ts';
export { prepareHistory, type HandoffChange, type HandoffOptions, type PreparedHistory } from './handoff.ts';
export * from './model-call.ts';
export * from './execute-spend.ts';
export * from './spend.ts';
export * from './spend-set.ts';
export * from './spend-tables.ts';
export { subjectsOf } from './spend-reserve.ts';
export { expiryLimits } from './spend-settle.ts';
export { budgetAt, windowEnd } from './spend-window.ts';
export * from './upstream.ts';
export { drawQualityLine, pointToKeep, type LinePoint, type QualityLine } from './quality-line.ts';
export {
  createQualityPredictor,
  predictQuality,
  promptOf,
  type ExpectedQuality,
  type LearnedModel,
  type LearnedQuality,
} from './learned-quality.ts';
export { packFeatures, unpackFeatures } from './pack-features.ts';
export { packQuality, unpackQuality } from './pack-quality.ts';
export { patienceOf, type Patience } from './patience.ts';
export { promptFeatures, type PromptFeatures } from './prompt-features.ts';
export { labelledOutcomesMin, trainQuality, type LabelledOutcome, type QualityTraining } from './train-quality.ts';
export { costOfUsage } from './call-cost.ts';
export { classifyRequest, classifyText, expectOutputTokens, type CallDemands } from './classify-call.ts';
export { collectReply, replayReply } from './collect-reply.ts';
export type { Availability } from './deployment-health.ts';
export { routeShortened } from './shorten-call.ts';
export { routeContinued, type ContinuingWorld } from './continue-answer.ts';
export { estimateRequestTokens, estimateTextTokens, type TokenEstimate } from './estimate-tokens.ts';
export { explainCall, formatCost } from './explain-call.ts';
export { resolveNames, type Fleet } from './fleet.ts';
export { createModelRouter, type DeploymentStatus, type ModelRouter } from './route-call.ts';
export type { RouteErrorCode } from './route-error.ts';
export * from './router-ports.ts';
export { createRoutingKnowledge, type RoutingKnowledge } from './routing-knowledge.ts';
export { keptAdvantage, strategyWeights, type StrategyOverride, type Weights } from './strategy-weights.ts';
export { detectPersonalData, type PersonalDataOptions } from './privacy/detect-personal-data.ts';
export { detectSecrets } from './privacy/detect-secrets.ts';
export { classifyContent, defaultDetectors, findSensitive } from './privacy/find-sensitive.ts';
export type { Detector, Finding, SensitiveClass, SensitiveKind } from './privacy/finding.ts';
export { maskText } from './privacy/mask-text.ts';
export { createPlaceholders, type FoundPlaceholder, type Placeholders } from './privacy/placeholders.ts';
export {
  createPlaceholderRestorer,
  restoreText,
  type PlaceholderRestorer,
  type RestoredForm,
} from './privacy/restore-placeholders.ts';
export {
  createPrivacy,
  defaultPrivacyPolicy,
  type CallPrivacy,
  type PrivacyAction,
  type PrivacyPolicy,
  type PrivacyWorld,
  type ShieldedBody,
} from './privacy/shield-call.ts';
export { createBoundedCache, type BoundedCache, type CacheLimits } from './bounded-cache.ts';
export { canonicalBody, canonicalRequest, type Asker } from './canonical-request.ts';
export { createResponseCache, type LocalResponseCache, type ResponseCacheWorld } from './response-cache.ts';
export { createWireRestorer, restoreWireBody, type WireRestorer } from './privacy/restore-wire.ts';
export { createSimilarAnswers, type SimilarAnswersWorld, type SimilarLimits } from './similar-answers.ts';
export { findQuestionConflict, type QuestionConflict } from './question-conflict.ts';
