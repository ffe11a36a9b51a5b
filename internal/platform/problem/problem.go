// Package problem says what went wrong in a way that reaches people: a kind,
// which HTTP and the command line know how to show, and a message key, which
// is turned into the reader's language at the edge.
package problem

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
)

// Kind is what sort of failure it is. Anything that is not a Problem is a fault
// of the portal.
type Kind int

// The kinds of failure, with the HTTP status that each becomes.
const (
	Invalid         Kind = iota + 1 // 422: what was sent cannot be taken; see Fields
	Unauthenticated                 // 401: sign in first
	Forbidden                       // 403: signed in, without the right
	NotFound                        // 404: not there, or hidden from this reader
	Conflict                        // 409: it changed meanwhile, or exists already
	TooLarge                        // 413: more bytes than are taken
	TooMany                         // 429: too many tries; wait
	Unavailable                     // 503: the portal cannot do it now (full disk, starting)
)

// Problem is a failure that a person can understand and mend.
type Problem struct {
	Kind Kind
	// Key is the message key of the sentence; Args are its pairs of name and value.
	Key  string
	Args []any
	// Fields are the faults of single fields of a form, for the kind Invalid.
	Fields Fields
	cause  error
}

// New makes a problem with a sentence: key, then pairs of name and value.
func New(kind Kind, key string, args ...any) *Problem {
	return &Problem{Kind: kind, Key: key, Args: args}
}

// Wrap is New with the error that caused it, for the log.
func Wrap(cause error, kind Kind, key string, args ...any) *Problem {
	return &Problem{Kind: kind, Key: key, Args: args, cause: cause}
}

// Error is for logs; people read the sentence of Key.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Key)
	if len(p.Args) > 0 {
		fmt.Fprintf(&b, " %v", p.Args)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Fields)) {
		fmt.Fprintf(&b, "; %s: %s", name, p.Fields[name].Key)
	}
	if p.cause != nil {
		fmt.Fprintf(&b, ": %v", p.cause)
	}
	return b.String()
}

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.cause }

// OfDisk gives a full disk its sentence; every other failure stays what it is.
func OfDisk(err error) error {
	if As(err) == nil && (errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)) {
		return Wrap(err, Unavailable, "problem.disk_full")
	}
	return err
}

// As finds the problem in err; nil when err is a fault of the portal or nil.
func As(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return nil
}

// Is tells whether err is a problem of the kind.
func Is(err error, kind Kind) bool {
	p := As(err)
	return p != nil && p.Kind == kind
}

// Fault is what is wrong with one field.
type Fault struct {
	Key  string
	Args []any
}

// Fields are the faults of a form by the name of the field.
type Fields map[string]Fault

// Reject notes a fault of a field when bad holds; the first fault of a field stays.
func (f *Fields) Reject(bad bool, field, key string, args ...any) {
	if !bad {
		return
	}
	if *f == nil {
		*f = Fields{}
	}
	if _, ok := (*f)[field]; !ok {
		(*f)[field] = Fault{key, args}
	}
}

// Merge takes over the faults of another form, the field names prefixed.
func (f *Fields) Merge(prefix string, other Fields) {
	for name, fault := range other {
		f.Reject(true, prefix+name, fault.Key, fault.Args...)
	}
}

// Err is an Invalid problem with these faults, or nil when there are none.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Problem{Kind: Invalid, Key: "form.invalid", Fields: f}
}
