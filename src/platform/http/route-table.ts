import findMyWay from 'find-my-way';

/** Knows every route's path and method, to tell a wrong method (405) from an unknown path (404). */
export class RouteTable {
  private readonly router = findMyWay({ ignoreTrailingSlash: true });
  private readonly methods = new Set<findMyWay.HTTPMethod>();

  add(methods: string | readonly string[], path: string): void {
    for (const method of [methods].flat() as findMyWay.HTTPMethod[]) {
      this.methods.add(method);
      if (!this.router.hasRoute(method, path)) this.router.on(method, path, () => undefined);
    }
  }

  /** The methods that a URL's path can be asked with, in alphabetical order; none for an unknown path. */
  methodsOf(url: string): string[] {
    const path = url.split('?', 1)[0] ?? '/';
    return [...this.methods].filter((method) => this.router.find(method, path) !== null).sort();
  }
}
