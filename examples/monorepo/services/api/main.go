// Command api serves the pages and takes jobs.
package main

import (
	"log"
	"net/http"

	"example.com/shop/pkg/queue"
)

func main() {
	var jobs queue.Queue
	http.Handle("/", http.FileServer(http.Dir("/srv/web")))
	http.HandleFunc("POST /jobs", func(_ http.ResponseWriter, r *http.Request) { jobs.Push(r.FormValue("job")) })
	log.Fatal(http.ListenAndServe(":8080", nil))
}
