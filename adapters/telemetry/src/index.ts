export {
  openTelemetry,
  type LoadReading,
  type ModelTelemetry,
  type ObservedCall,
  type TelemetryOptions,
} from './open-telemetry.ts';
