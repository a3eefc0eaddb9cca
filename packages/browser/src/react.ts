"use client";
import { checkNames, type Names } from "@whisperr/core";
/** React 18 and later: one client for a tree of components. Renders nothing of its own, on the server neither. */
import { createContext, createElement, type ReactElement, type ReactNode, useContext, useMemo } from "react";
import type { BrowserOptions, EventMap, Whisperr } from "./index.ts";
import { providedClient, sayName } from "./provided-client.ts";
import type { RegisteredEvents } from "./register.ts";

/** A client that the app made, or the options to make one with. */
export type WhisperrProviderProps<Events extends EventMap = RegisteredEvents> = {
  readonly children?: ReactNode;
} & (
  | { readonly client: Whisperr<Events>; readonly options?: undefined }
  | { readonly options: BrowserOptions; readonly client?: undefined }
);

const PROVIDER = "<WhisperrProvider>";
const PROP_NAMES: Names<WhisperrProviderProps> = { client: true, options: true, children: true };
const ClientContext = createContext<unknown>(undefined);

/**
 * Gives `useWhisperr()` below it a client. With `options`, the page's client of that key: rendering twice, or again with
 * other options, makes no second one. During server rendering it does nothing.
 */
export function WhisperrProvider<Events extends EventMap = RegisteredEvents>(
  props: WhisperrProviderProps<Events>,
): ReactElement {
  const { client, options, children } = props;
  const value = useMemo(() => {
    if (!client) checkNames(props, PROP_NAMES, PROVIDER, sayName, (name) => `options={{ ${name} }}`);
    return providedClient(props, { client: true, children: true }, PROVIDER, options ?? {});
  }, [client, options?.apiKey, options?.disabled]);
  return createElement(ClientContext.Provider, { value }, children);
}

/** The client of the nearest `<WhisperrProvider>`, the same at every render. Throws without one. */
export function useWhisperr<Events extends EventMap = RegisteredEvents>(): Whisperr<Events> {
  const client = useContext(ClientContext);
  if (client) return client as Whisperr<Events>;
  throw new Error("Whisperr: useWhisperr() needs a <WhisperrProvider> above the component that calls it.");
}
