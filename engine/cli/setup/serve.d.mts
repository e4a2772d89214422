export interface StaticServer {
  readonly url: string;
  close(): Promise<void>;
}
/** Serves a folder on 127.0.0.1 with cross-origin isolation. */
export function serve(folder: string, port?: number): Promise<StaticServer>;
