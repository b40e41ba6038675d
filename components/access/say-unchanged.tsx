import { sentenceOf } from "@/components/services/errors";
import { SignIcon } from "@/components/services/lamp";
import { notify } from "@/components/ui/toast";

export function sayUnchanged(error: Error) {
  notify({
    tone: "bad",
    icon: <SignIcon sign="fatal" />,
    title: "Nothing was changed",
    text: sentenceOf(error),
  });
}
