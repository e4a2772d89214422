/** Who paints: a graphics card, or the processor in its place, whose cores are then missing where the training computes. */

/** Names by which software renderers go: Chromium's, Mesa's, Windows'. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|swrast|basic render|software/i;

export const isSoftwareRenderer = (name: string) => SOFTWARE.test(name);

let known: boolean | null = null;

/** True where nothing but the processor paints; also where the browser does not say who does. Asked once a page. */
export function paintsInSoftware(): boolean {
  known ??= isSoftwareRenderer(rendererName() ?? 'software');
  return known;
}

function rendererName(): string | null {
  const gl = document.createElement('canvas').getContext('webgl2');
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  const name = gl && info ? (gl.getParameter(info.UNMASKED_RENDERER_WEBGL) as string) : null;
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return name;
}
