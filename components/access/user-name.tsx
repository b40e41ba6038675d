/** Password managers keep a password under a name; there is only one here. */
export function UserName() {
  return (
    <input hidden type="text" name="username" autoComplete="username" readOnly value="pilot" />
  );
}
