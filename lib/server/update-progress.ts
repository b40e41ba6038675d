const GIT =
  /\b(Receiving objects|Resolving deltas|Counting objects|Updating files|Compressing objects):\s+(\d+)%/;
const PIP_RAW = /^Progress (\d+) of (\d+)/;
const PIP_SUBJECT =
  /^\s*(?:Collecting|Downloading|Building wheel for|Processing|Installing build dependencies for) (\S+)/;

/**
 * Reads how far a program is from its own output: git's percentages, pip's package and its bytes.
 * Give it the text as it comes; it answers what is worth showing, or null.
 */
export function createProgressReader() {
  let subject = "";
  return (text: string): string | null => {
    let shown: string | null = null;
    for (const line of text.split(/[\r\n]+/)) shown = readLine(line) ?? shown;
    return shown;
  };

  function readLine(line: string): string | null {
    const git = GIT.exec(line);
    if (git) return `${git[1]?.toLowerCase()}, ${git[2]} %`;
    const pip = PIP_SUBJECT.exec(line)?.[1];
    if (pip) {
      subject = pip.split("/").at(-1) ?? pip;
      return subject;
    }
    const raw = PIP_RAW.exec(line);
    if (!raw || Number(raw[2]) === 0) return null;
    return `${subject}, ${Math.floor((100 * Number(raw[1])) / Number(raw[2]))} %`;
  }
}
