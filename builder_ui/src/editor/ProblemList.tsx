/** Everything that keeps the pipeline from running; each line leads to its place. */
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useDocument } from "@/stores/document";
import { focusProblem } from "@/stores/selection";

const MOST_SHOWN = 200;

export function ProblemList() {
  const problems = useDocument((store) => store.problems);
  if (problems.length === 0) {
    return (
      <p className="drawer-empty">
        <CircleCheck size={16} aria-hidden /> Nothing is wrong. The pipeline can run.
      </p>
    );
  }
  return (
    <>
      <ul className="problem-list">
        {problems.slice(0, MOST_SHOWN).map((problem) => (
          <li key={JSON.stringify([problem.code, problem.node, problem.port, problem.parameter, problem.wire])}>
            <button type="button" onClick={() => { focusProblem(problem); }}>
              <TriangleAlert size={15} aria-hidden />
              <span className="problem-place">{[problem.node, problem.port || problem.parameter].filter(Boolean).join(".") || "pipeline"}</span>
              <span>
                {problem.message} <span className="problem-remedy">{problem.remedy}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {problems.length > MOST_SHOWN && <p className="drawer-empty">{problems.length - MOST_SHOWN} more are not shown.</p>}
    </>
  );
}
