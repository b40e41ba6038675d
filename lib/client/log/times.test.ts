import { describe, expect, it } from "vitest";
import { timeOf } from "./times";

const NEAR = Date.parse("2026-02-11T10:00:00.500Z");

describe("timeOf", () => {
  it.each([
    ["2026-02-11 04:12:01 INFO ready", "2026-02-11T04:12:01.000Z"],
    ["2026-02-11 04:12:01,123 INFO ready", "2026-02-11T04:12:01.123Z"],
    ["2026-02-11 04:12:01.123456 | INFO | ready", "2026-02-11T04:12:01.123Z"],
    ["2026/02/11 04:12:01 [error] 12#12: no", "2026-02-11T04:12:01.000Z"],
    ["2026-02-11T04:12:01Z ready", "2026-02-11T04:12:01.000Z"],
    ["2026-02-11T04:12:01.5+02:00 ready", "2026-02-11T02:12:01.500Z"],
    ["2026-02-11T04:12:01-0530 ready", "2026-02-11T09:42:01.000Z"],
    ["[2026-02-10 18:05:06,356]::[InvokeAI]::INFO --> ready", "2026-02-10T18:05:06.356Z"],
    ["[I 2026-01-02 03:04:05.678 ServerApp] ready", "2026-01-02T03:04:05.678Z"],
    ["INFO 2026-02-11 04:12:01 ready", "2026-02-11T04:12:01.000Z"],
    ["02/11/2026 04:12:01 - INFO - ready", "2026-02-11T04:12:01.000Z"],
    ["[02/11/26 04:12:01] INFO     ready", "2026-02-11T04:12:01.000Z"],
    ["Feb 11 04:12:01 host app[12]: ready", "2026-02-11T04:12:01.000Z"],
    ["Feb  1 04:12:01 host app[12]: ready", "2026-02-01T04:12:01.000Z"],
    ["[Wed Feb 11 04:12:01 2026] [core:error] no", "2026-02-11T04:12:01.000Z"],
    ["E0211 04:12:01.123456 1234 file.cc:12] no", "2026-02-11T04:12:01.123Z"],
    ["[09:01:21,118] ready", "2026-02-11T09:01:21.118Z"],
    ["04:11:58-214 INFO     ready", "2026-02-11T04:11:58.214Z"],
    ["10:00:00 ready", "2026-02-11T10:00:00.000Z"],
  ])("reads %j", (line, expected) => {
    expect(new Date(timeOf(line, NEAR) ?? Number.NaN).toJSON()).toBe(expected);
  });

  it.each([
    ["[14:01:21,118] of the day before", "2026-02-10T14:01:21.118Z"],
    ["10:00:01 of the day before", "2026-02-10T10:00:01.000Z"],
    ["Dec 31 23:59:59 host of the year before", "2025-12-31T23:59:59.000Z"],
    ["W1231 23:59:59.000000 1 of the year before", "2025-12-31T23:59:59.000Z"],
  ])("takes %j for no time in the future", (line, expected) => {
    expect(new Date(timeOf(line, NEAR) ?? Number.NaN).toJSON()).toBe(expected);
  });

  it.each([
    "",
    "got prompt",
    "2026-02-11 was a Wednesday",
    "2026-02-30 04:12:01 does not exist",
    "2026-13-01 04:12:01 does not exist",
    "25:12:01 does not exist",
    "04:60:01 does not exist",
    "Foo 11 04:12:01 does not exist",
    "version 04:12:01 of it",
    "loaded the checkpoint of 2023-05-01 12:00:00",
    "steps:  45%| 45/100 [00:01:23<00:02:34, 31.12it/s]",
    "04:12:011",
  ])("finds no time in %j", (line) => {
    expect(timeOf(line, NEAR)).toBeNull();
  });
});
