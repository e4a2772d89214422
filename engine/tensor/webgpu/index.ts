export { type DeviceResult, openDevice } from './device';
export {
  createWebgpuExecutor,
  type DeviceFailure,
  type WebgpuExecutor,
  WebgpuFailure,
  type WebgpuOptions,
  WebgpuUnavailable,
} from './webgpu-executor';
