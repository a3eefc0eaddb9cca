/** As much of the W3C WebDriver protocol as is needed, over fetch. https://www.w3.org/TR/webdriver2/ */

export interface WebDriverSession {
  /** A command of this session, e.g. `send("POST", "/url", { url })`. Rejects with the driver's message. */
  send<Value>(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<Value>;
  end(): Promise<void>;
}

export async function openSession(driverUrl: string, capabilities: object): Promise<WebDriverSession> {
  const body = { capabilities: { alwaysMatch: capabilities } };
  const { sessionId } = await command<{ sessionId: string }>("POST", `${driverUrl}/session`, body);
  const base = `${driverUrl}/session/${sessionId}`;
  return {
    send: (method, path, payload) => command(method, base + path, payload),
    end: async () => void (await command("DELETE", base)),
  };
}

async function command<Value>(method: string, url: string, body?: object): Promise<Value> {
  const response = await fetch(url, {
    method,
    ...(method === "POST" && { body: JSON.stringify(body ?? {}) }),
  });
  const { value } = (await response.json()) as { value: unknown };
  if (response.ok) return value as Value;
  const { error, message } = value as { error: string; message: string };
  throw new Error(`${error}: ${message}`);
}
