import type { Access, CreatedToken } from "../../lib/contract/access";
import { unlessLost } from "./client";
import type { Random } from "./random";
import { cookieIn, PASSWORD, type Pass, type World } from "./world";

const MOST = 8;
let made = 0;

async function create(world: World, random: Random) {
  await makeRoom(world, random);
  made += 1;
  const body = { name: `script ${made}`, scope: random.pick(["full", "read"]) };
  const answer = await world.ask("/api/access/tokens", { method: "POST", body });
  if (answer.status !== 200) return answer;
  const { id, token } = answer.body as CreatedToken;
  const headers = { authorization: `Bearer ${token}` };
  world.passes.push({ kind: "token", id, headers, state: "good" });
  return answer;
}

async function signIn(world: World, random: Random) {
  const { asAnyone, passes } = world;
  await makeRoom(world, random);
  const answer = await asAnyone("/api/session", { method: "POST", body: { password: PASSWORD } });
  if (answer.status !== 200) return answer;
  const headers = { cookie: cookieIn(answer.headers) };
  const pass: Pass = { kind: "session", id: null, headers, state: "good" };
  passes.push(pass);
  pass.id = await unlessLost(ownId(world, pass));
  return answer;
}

/** Of the session that asks. */
async function ownId({ asAnyone }: World, { headers }: Pass): Promise<string | null> {
  const { status, body } = await asAnyone("/api/access", { headers });
  if (status !== 200) return null;
  return (body as Access).sessions.find(({ current }) => current)?.id ?? null;
}

/** Signs out, or has the pass revoked. */
async function end({ asAnyone, ask, passes }: World, random: Random) {
  const good = passes.filter(({ state }) => state === "good");
  if (good.length === 0) return null;
  const pass = random.pick(good);
  const signsOut = pass.kind === "session" && (pass.id === null || random.chance(0.5));
  pass.state = "unsure";
  const answer = await (signsOut
    ? asAnyone("/api/session", { method: "DELETE", headers: pass.headers })
    : ask(`/api/access/${pass.kind}s/${pass.id}`, { method: "DELETE" }));
  if (answer.status === 200) pass.state = "gone";
  return answer;
}

async function makeRoom(world: World, random: Random): Promise<void> {
  const good = world.passes.filter(({ state }) => state === "good");
  if (good.length >= MOST) await end(world, random);
}

export const passDeeds = { create, signIn, end };

/** Who was let in for good is, who was thrown out is not, and nobody else has come in. */
export async function expectPasses(world: World): Promise<void> {
  const { asAnyone, passes } = world;
  for (const pass of passes) {
    const { kind, headers, state } = pass;
    if (state === "unsure") continue;
    const { status } = await asAnyone("/api/services", { headers });
    if ((status === 200) !== (state === "good"))
      throw new Error(`The ${kind} ${pass.id} is ${state}, and was answered with ${status}.`);
    if (state === "good") pass.id ??= await ownId(world, pass);
  }
  await endUnsure(world);
  forget(passes);
}

/** Those that were being made, or ended, when the server was killed. */
async function endUnsure({ ask, passes }: World): Promise<void> {
  const sure = new Set(passes.filter(({ state }) => state === "good").map(({ id }) => id));
  const { sessions, tokens } = (await ask("/api/access")).body as Access;
  const listed = { sessions, tokens: tokens.filter(({ name }) => name !== "the owner") };
  for (const [kind, all] of Object.entries(listed))
    for (const { id } of all)
      if (!sure.has(id)) await ask(`/api/access/${kind}/${id}`, { method: "DELETE" });
}

/** The last ones that are gone are asked for again and again. */
function forget(passes: Pass[]): void {
  const good = passes.filter(({ state }) => state === "good");
  const gone = passes.filter(({ state }) => state === "gone").slice(-6);
  passes.splice(0, passes.length, ...good, ...gone);
}
