// Package greet makes greetings.
package greet

// Hello greets someone, or everyone.
func Hello(name string) string {
	if name == "" {
		name = "world"
	}
	return "Hello, " + name + "!"
}
