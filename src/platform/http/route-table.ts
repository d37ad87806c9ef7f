import type { FastifyContextConfig, RouteOptions } from 'fastify';
import findMyWay from 'find-my-way';

/** Knows every route, to tell a wrong method (405) from an unknown path (404), and what a preflight asks about. */
export class RouteTable {
  private readonly router = findMyWay({ ignoreTrailingSlash: true });
  private readonly methods = new Set<findMyWay.HTTPMethod>();

  add(route: RouteOptions): void {
    for (const method of [route.method].flat() as findMyWay.HTTPMethod[]) {
      this.methods.add(method);
      if (this.router.hasRoute(method, route.url)) continue;
      this.router.on(method, route.url, () => undefined, route);
    }
  }

  /**
   * What is configured for a path and a method: a page may have the path of an API's route. Of a method
   * that is not there, what the path has for others.
   */
  configOf(url: string, asked: string): FastifyContextConfig | undefined {
    const methods = this.methodsOf(url) as findMyWay.HTTPMethod[];
    const method = methods.find((one) => one === asked) ?? methods[0];
    if (!method) return undefined;
    const route = this.router.find(method, pathOf(url))?.store as RouteOptions | undefined;
    return route?.config;
  }

  /** The methods that a URL's path can be asked with, in alphabetical order; none for an unknown path. */
  methodsOf(url: string): string[] {
    const path = pathOf(url);
    return [...this.methods].filter((method) => this.router.find(method, path) !== null).toSorted();
  }
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '/';
}
