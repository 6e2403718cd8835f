// Package queue is what the services share.
package queue

// Queue is a list of jobs, the oldest first.
type Queue struct{ jobs []string }

// Push adds a job.
func (q *Queue) Push(job string) { q.jobs = append(q.jobs, job) }

// Pop takes the oldest job.
func (q *Queue) Pop() (string, bool) {
	if len(q.jobs) == 0 {
		return "", false
	}
	job := q.jobs[0]
	q.jobs = q.jobs[1:]
	return job, true
}
