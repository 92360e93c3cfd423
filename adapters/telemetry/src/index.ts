export { openTelemetry, type ModelTelemetry, type ObservedCall, type TelemetryOptions } from './open-telemetry.ts';
