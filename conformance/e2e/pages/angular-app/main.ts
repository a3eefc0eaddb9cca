/** A shop with Angular and its zone, for a page; `globalThis.plan` says what the provider gets. */
import "zone.js";
import { ApplicationRef, Component, inject, provideZoneChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { type BrowserOptions, createWhisperr } from "@whisperr/browser";
import { provideWhisperr, Whisperr } from "@whisperr/browser/angular";

declare const plan: { readonly options: BrowserOptions; readonly own: boolean };

@Component({
  selector: "shop-root",
  template: `<button type="button" (click)="buy()">Bought {{ bought() }}</button>`,
})
class Shop {
  readonly bought = signal(0);
  private readonly whisperr = inject(Whisperr);

  constructor() {
    this.whisperr.track("shop_opened");
  }

  buy(): void {
    this.bought.update((count) => count + 1);
    this.whisperr.track("bought", { n: this.bought() });
  }
}

const { options, own } = plan;
document.querySelector("#root")?.append(document.createElement("shop-root"));
const app = await bootstrapApplication(Shop, {
  providers: [
    provideZoneChangeDetection(),
    provideWhisperr(own ? { client: createWhisperr(options) } : options),
  ],
});
const stable: boolean[] = [];
app.injector.get(ApplicationRef).isStable.subscribe((isStable) => stable.push(isStable));
Object.assign(globalThis, { leave: () => app.destroy(), stable, whisperr: createWhisperr(options) });
