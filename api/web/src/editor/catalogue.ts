import type { Api, TemplateInfo } from "../client.ts";

/** Templates, and what rules and tags are called: asked for once, and again as long as the service is away. */
export class Catalogue {
  templates: TemplateInfo[] = [];
  rules: ReadonlyMap<string, string> = new Map();
  tags: ReadonlyMap<string, string> = new Map();
  private loading: Promise<void> | null = null;

  constructor(private readonly loaded: () => void) {}

  load(api: Api): void {
    this.loading ??= this.fetch(api).catch(() => {
      this.loading = null;
    });
  }

  /** Ask anew, of another service or with another token. */
  reset(): void {
    this.loading = null;
  }

  private async fetch(api: Api): Promise<void> {
    const [templates, rules, tags] = await Promise.all([api.templates(), api.rules(), api.taxonomy()]);
    this.templates = templates;
    this.rules = new Map(rules.map(({ id, label }) => [id, label]));
    this.tags = new Map(tags.map(({ id, label }) => [id, label]));
    this.loaded();
  }
}
