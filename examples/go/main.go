// Command server answers with a greeting, and at /version with its version.
package main

import (
	"fmt"
	"log"
	"net/http"

	"example.com/greeter/internal/greet"
)

// version is set by the linker.
var version = "unknown"

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, greet.Hello(r.URL.Query().Get("name")))
	})
	http.HandleFunc("/version", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, version)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
