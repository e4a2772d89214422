export { type DeviceResult, openDevice } from './device';
export {
  createWebgpuExecutor,
  type WebgpuExecutor,
  WebgpuFailure,
  type WebgpuOptions,
  WebgpuUnavailable,
} from './webgpu-executor';
