// Only a question's first answer counts.
function record({ lesson, answers }) {
  const course = keptCourse(), kept = course[lesson] ?? { answers: {} };
  Object.entries(answers).forEach(([question, right]) => { kept.answers[question] ??= right; });
  course[lesson] = kept;
  try { window.localStorage.setItem(COURSE, JSON.stringify(course)); } catch (refused) { /* it keeps nothing */ }
}
