import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import apps from "@/scripts/apps.json";

const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const read = (name: string) => readFileSync(join(PROJECT, name), "utf8");
const all = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found);

/** The sidecar listens inside only. */
const PUBLIC = Object.entries(apps).flatMap(([name, app]) => (name === "copilot" ? [] : [app]));
const dockerfile = read("Dockerfile");

describe("Dockerfile", () => {
  it("is built by BuildKit and by buildah 1.28 alike", () => {
    expect(dockerfile).not.toMatch(/<<|--link|--mount|# *syntax/);
    expect(all(dockerfile, /^FROM (\S+)/gm)).toEqual([
      expect.stringMatching(/^node:[0-9]+(-bookworm)?(-slim)?$/),
      expect.stringMatching(/^\$\{BASE_IMAGE\}$/),
    ]);
    expect(dockerfile.split("\nFROM ")[0]).toContain("\nARG BASE_IMAGE=debian:bookworm-slim\n");
  });

  it("opens the ports of the services, and neither supervisord's nor the sidecar's", () => {
    const ports = all(dockerfile, /^EXPOSE (.+)$/gm)
      .join(" ")
      .split(" ")
      .map(Number);
    expect(ports.sort()).toEqual(PUBLIC.map(({ port }) => port).sort());
  });

  it("installs each app only where it is asked for, and copies its script right before", () => {
    const shared = ["base.sh", "git.sh", "lib.sh", "place.sh", "python.sh"];
    const scripts = readdirSync(join(PROJECT, "scripts/install")).filter((name) =>
      name.endsWith(".sh"),
    );
    for (const script of scripts.filter((name) => !shared.includes(name))) {
      const flag = /^begin .* (INSTALL_\w+)$/m.exec(read(`scripts/install/${script}`))?.[1];
      expect(dockerfile).toMatch(new RegExp(`^ARG ${flag}=0$`, "m"));
      const name = `scripts/install/${script}`;
      expect(dockerfile).toContain(
        `COPY ${name} /opt/pilot/install/\nRUN /opt/pilot/install/${script}\n`,
      );
    }
  });

  it("copies what changes with ControlPilot after the last app, which a change must not install anew", () => {
    const [, runtime = ""] = dockerfile.split(/\nFROM \$\{BASE_IMAGE\}\n/);
    const [beforeOurs = "", ours = ""] = runtime.split("COPY --from=build /src/");
    const copied = all(beforeOurs, /^COPY (.+) \S+$/gm).flatMap((names) => names.split(" "));
    const stable = /^scripts\/install\/[\w-]+\.sh$|^--from=build$|^\/usr\/local\//;
    expect(copied.filter((name) => !stable.test(name))).toEqual([]);
    expect(ours).not.toMatch(/^ARG INSTALL_/m);
  });

  it("pins what the scripts need", () => {
    const needed = all(
      readdirSync(join(PROJECT, "scripts/install"))
        .filter((name) => name.endsWith(".sh"))
        .map((name) => read(`scripts/install/${name}`))
        .join("\n"),
      /^need (.+)$/gm,
    );
    for (const name of needed.join(" ").split(" ")) {
      expect(dockerfile).toMatch(new RegExp(`^ARG ${name}=\\S+$`, "m"));
    }
  });

  it("gets scripts that bash can read, whatever system they were checked out on", () => {
    expect(read(".gitattributes")).toMatch(/^\* text=auto eol=lf$/m);
  });

  it("copies what is there, says its version, and is healthy by our own script", () => {
    const copied = all(dockerfile, /^COPY (?!--from)(.+) \S+$/gm).flatMap((names) =>
      names.split(" "),
    );
    expect(copied.filter((name) => !existsSync(join(PROJECT, name)))).toEqual([]);
    expect(dockerfile).toContain(`\nARG VERSION=${JSON.parse(read("package.json")).version}\n`);
    expect(dockerfile).toMatch(/^HEALTHCHECK .*CMD \["\/opt\/pilot\/healthcheck.sh"\]$/m);
  });
});

describe.each(["docker-compose.yml", "docker-compose.cpu.yml"])("%s", (name) => {
  const text = read(name);
  const parsed = parseYaml(name);
  const listed = (section: string) =>
    all(
      new RegExp(`^ +${section}:\\n((?: +[-#].*\\n)+)`, "m").exec(text)?.[1] ?? "",
      /^ +- (.+)$/gm,
    );

  it("publishes the port of each service on this machine alone, and passes it on", () => {
    const published = PUBLIC.map(({ portEnv, port }) => {
      const variable = `\${${portEnv}:-${port}}`;
      return `"\${PILOT_BIND:-127.0.0.1}:${variable}:${variable}"`;
    });
    expect(listed("ports").sort()).toEqual(published.sort());
    const passed = PUBLIC.map(({ portEnv, port }) => `${portEnv}=\${${portEnv}:-${port}}`);
    expect(listed("environment")).toEqual(expect.arrayContaining(passed));
  });

  it("builds with arguments that the Dockerfile knows, all apps among them", () => {
    const args = listed("args").map((line) => line.split("=")[0] ?? "");
    const known = all(dockerfile, /^ARG (\w+)/gm);
    expect(args.filter((arg) => !known.includes(arg))).toEqual([]);
    expect(args).toEqual(expect.arrayContaining(known.filter((arg) => arg.startsWith("INSTALL_"))));
  });

  it("has each setting that it reads in .env.example, with the same default", () => {
    const example = read(".env.example");
    for (const [, variable, fallback] of text.matchAll(/\$\{(\w+):-([^}]*)\}/g)) {
      expect(example).toMatch(new RegExp(`^#${variable}=${fallback}$`, "m"));
    }
    const passed = [...listed("args"), ...listed("environment")];
    for (const variable of passed.filter((line) => /^\w+$/.test(line))) {
      expect(example).toMatch(new RegExp(`^#${variable}=`, "m"));
    }
  });

  it.skipIf(parsed === null)("is YAML of one service with a volume and time to stop", () => {
    expect(parsed.services["lora-pilot"]).toMatchObject({
      container_name: expect.stringContaining(":-lora-pilot}"),
      volumes: ["./workspace:/workspace"],
      stop_grace_period: "75s",
      restart: "unless-stopped",
    });
  });
});

it("the two ways to compose differ in nothing but the GPU", () => {
  const plain = (name: string) => {
    const [, services = ""] = read(name).split("\nservices:");
    const [common = ""] = services.split("    deploy:");
    return common.replace(/^ +- NVIDIA_.*\n|^ +# As many.*\n|^ +- \w+_NUM_THREADS.*\n/gm, "");
  };
  expect(plain("docker-compose.cpu.yml")).toBe(plain("docker-compose.yml"));
  expect(read("docker-compose.yml")).toMatch(
    /driver: nvidia\n +count: all\n +capabilities: \[gpu\]/,
  );
});

/** Null where this machine has nothing that reads YAML. */
function parseYaml(name: string) {
  const script = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)";
  const { status, stdout } = spawnSync("python3", ["-c", script], {
    input: read(name),
    encoding: "utf8",
  });
  return status === 0 ? JSON.parse(stdout) : null;
}
