type ChoiceProps = {
  label: string;
  /** What stands there where nothing is chosen. */
  all: string;
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
};

/** One of many, or all. */
export function Choice({ label, all, value, options, onChange }: ChoiceProps) {
  return (
    <div className="field activity-choice">
      <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{all}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
