/** Everything that keeps the pipeline from running; each line leads to its place. */
import { CircleCheck, TriangleAlert } from "lucide-react";
import { placeWords, sentenceAtField } from "@/graph/problem_words";
import { useDocument } from "@/stores/document";
import { focusProblem } from "@/stores/selection";

const MOST_SHOWN = 200;

export function ProblemList() {
  const problems = useDocument((store) => store.problems);
  const graph = useDocument((store) => store.graph);
  const components = useDocument((store) => store.components);
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
              <span className="problem-place">{placeWords(problem, graph, components)}</span>
              {problem.parameter === "" ? (
                <span>
                  {problem.message} <span className="problem-remedy">{problem.remedy}</span>
                </span>
              ) : (
                <span>{sentenceAtField(problem)}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
      {problems.length > MOST_SHOWN && <p className="drawer-empty">{problems.length - MOST_SHOWN} more are not shown.</p>}
    </>
  );
}
