// Evaluates an expression over the DevTools protocol: unlike a driver's own `evaluate`, it needs no eval in the page, which
// the room's content policy forbids.

export interface EvaluateParams {
  expression: string;
  awaitPromise: boolean;
  returnByValue: boolean;
}

interface Evaluated {
  result: { value?: unknown };
  exceptionDetails?: { text: string; exception?: { description?: string } };
}

/** @throws Error with the page's error */
export async function evaluateOverCdp<T>(
  send: (params: EvaluateParams) => Promise<unknown>,
  expression: string,
): Promise<T> {
  const { result, exceptionDetails } = (await send({
    expression,
    awaitPromise: true,
    returnByValue: true,
  })) as Evaluated;
  if (exceptionDetails !== undefined)
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value as T;
}
