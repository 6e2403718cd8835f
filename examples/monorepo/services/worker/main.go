// Command worker does jobs.
package main

import (
	"fmt"

	"example.com/shop/pkg/queue"
)

func main() {
	var jobs queue.Queue
	jobs.Push("count the stock")
	for job, ok := jobs.Pop(); ok; job, ok = jobs.Pop() {
		fmt.Println(job)
	}
}
