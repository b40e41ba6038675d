// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HoldButton } from "./hold-button";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function renderButton() {
  const onAct = vi.fn();
  render(<HoldButton verb="stop" onAct={onAct} />);
  return { onAct, button: screen.getByRole("button") };
}

const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

test("holding for 1.5 s acts, once", () => {
  const { onAct, button } = renderButton();
  fireEvent.pointerDown(button);
  pass(1499);
  expect(onAct).not.toHaveBeenCalled();
  pass(1);
  fireEvent.pointerUp(button);
  fireEvent.click(button);
  expect(onAct).toHaveBeenCalledOnce();
});

test("a short press arms, a second one acts no sooner than 1.5 s later", () => {
  const { onAct, button } = renderButton();
  const press = () => {
    fireEvent.pointerDown(button);
    fireEvent.pointerUp(button);
    fireEvent.click(button);
  };
  press();
  press();
  pass(1400);
  press();
  expect(onAct).not.toHaveBeenCalled();
  pass(100);
  expect(button.textContent).toBe("Press again to stop");
  press();
  expect(onAct).toHaveBeenCalledOnce();
});

test.each([" ", "Enter"])("the key %j holds and arms like the pointer", (key) => {
  const { onAct, button } = renderButton();
  fireEvent.keyDown(button, { key });
  fireEvent.keyDown(button, { key, repeat: true });
  pass(1500);
  fireEvent.keyUp(button, { key });
  expect(onAct).toHaveBeenCalledOnce();
});

test("letting the pointer slip off the button gives up", () => {
  const { onAct, button } = renderButton();
  fireEvent.pointerDown(button);
  fireEvent.pointerLeave(button);
  pass(3000);
  expect(onAct).not.toHaveBeenCalled();
  expect(button.textContent).toBe("Hold to stop");
});

test("a click of assistive technology, which has no press, arms too", () => {
  const { onAct, button } = renderButton();
  fireEvent.click(button);
  pass(1500);
  fireEvent.click(button);
  expect(onAct).toHaveBeenCalledOnce();
});

test("a button that goes away while it is held does not act", () => {
  const { onAct, button } = renderButton();
  fireEvent.pointerDown(button);
  cleanup();
  pass(3000);
  expect(onAct).not.toHaveBeenCalled();
});
