import { networkOf } from "./client-address";
import type { SignInDelays } from "./sign-in-delays";
import type { SignInPassword } from "./sign-in-password";

export type SignIn = ReturnType<typeof createSignIn>;

/** Tries passwords, no faster than an address may. */
export function createSignIn(deps: { delays: SignInDelays; password: SignInPassword }) {
  const { delays, password } = deps;
  const underWay = new Map<string, Promise<boolean>>();

  async function tryOne(tried: string, network: string): Promise<boolean> {
    delays.begin(network);
    const isRight = await password.isRight(tried);
    if (isRight) delays.succeed(network);
    return isRight;
  }

  return {
    /**
     * Throws `busy` where the address has to wait, or too many try at once; whether it was right is
     * then not told. The same password many times at once, as scripts send it, is one try.
     */
    async isRight(tried: string, address: string): Promise<boolean> {
      const network = networkOf(address);
      const name = `${network} ${tried}`;
      const known = underWay.get(name);
      if (known) return await known;
      delays.check(network);
      if (password.isRemembered(tried)) return true;
      const attempt = tryOne(tried, network).finally(() => underWay.delete(name));
      underWay.set(name, attempt);
      return await attempt;
    },
  };
}
