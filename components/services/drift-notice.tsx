"use client";

import { FileDiff, TriangleAlert } from "lucide-react";
import { Fragment, useState } from "react";
import type { Service } from "@/lib/contract/services";
import type { ConfigDrift } from "@/lib/contract/supervisor";
import { type Difference, differencesOf, effectOf, sentenceFor } from "./drift";
import { HideButton } from "./hide-button";

export function ConfigError({ text, onHide }: { text: string; onHide: () => void }) {
  return (
    <section className="notice warn card" aria-label="Config file">
      <TriangleAlert strokeWidth={1.75} aria-hidden="true" />
      <p>{text}</p>
      <div className="notice-end">
        <HideButton onHide={onHide} />
      </div>
    </section>
  );
}

type DriftProps = { config: ConfigDrift; services: Service[]; onHide: () => void };

export function Drift({ config, services, onHide }: DriftProps) {
  const [isOpen, setIsOpen] = useState(false);
  const differences = differencesOf(config, services);
  return (
    <section className="notice card" aria-label="Config file">
      <FileDiff strokeWidth={1.75} aria-hidden="true" />
      <p>
        The config file differs from what is loaded:{" "}
        {differences.map(({ name, display, kind, options }, index) => (
          <Fragment key={name}>
            {index > 0 ? ", " : ""}
            <strong>{display}</strong> ({options.join(", ") || kind})
          </Fragment>
        ))}
        .
      </p>
      <div className="notice-end">
        <button
          type="button"
          className="link"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? "Hide what differs" : "See what differs"}
        </button>
        <HideButton onHide={onHide} />
      </div>
      {isOpen ? <WhatDiffers differences={differences} /> : null}
    </section>
  );
}

function WhatDiffers({ differences }: { differences: Difference[] }) {
  return (
    <div className="notice-more">
      <dl className="drift-list">
        {differences.map((difference) => (
          <Fragment key={difference.name}>
            <dt className="font-medium">{difference.display}</dt>
            <dd>
              {sentenceFor(difference)} Takes effect when supervisord starts next, or with{" "}
              <code className="text-12">supervisorctl update {difference.name}</code>,{" "}
              {effectOf(difference)}
            </dd>
          </Fragment>
        ))}
      </dl>
    </div>
  );
}
