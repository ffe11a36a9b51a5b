package ui

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Rows are the lists of rows in a form. Rows are added and taken out by buttons
// that post the form and give it back, so nothing needs a script. The field
// "sum" of the second row of the list "years" is named "years.1.sum".
type Rows struct {
	// Lists are the names of the lists.
	Lists []string
	// Bare are those that begin without an empty row.
	Bare []string
	// Given are fields that the form itself fills in: a row that says nothing else
	// is empty. Fields named "id", and those that end in ".id" or ".was", are too.
	Given []string
}

// maxRows is how many rows a list in a form has at most.
const maxRows = 60

// RowName is the beginning of the names of the fields of a row.
func RowName(list string, i int) string { return list + "." + strconv.Itoa(i) + "." }

// filled tells that something was typed into a row.
func (x Rows) filled(values url.Values, at string) bool {
	for name, v := range values {
		field, ok := strings.CutPrefix(name, at)
		if ok && field != "id" && !slices.Contains(x.Given, field) && !strings.HasSuffix(field, ".id") && !strings.HasSuffix(field, ".was") &&
			slices.ContainsFunc(v, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			return true
		}
	}
	return false
}

// Filled is one more than the last row into which something was typed.
func (x Rows) Filled(values url.Values, list string) (n int) {
	for i := range maxRows {
		if x.filled(values, RowName(list, i)) {
			n = i + 1
		}
	}
	return n
}

// takeOut removes a row; those behind it move up.
func takeOut(values url.Values, list string, k int) {
	for i := k; i < maxRows; i++ {
		moveRow(values, RowName(list, i+1), RowName(list, i))
	}
}

// moveRow gives the fields of one row to another.
func moveRow(values url.Values, from, to string) {
	for name := range values {
		if strings.HasPrefix(name, to) {
			delete(values, name)
		}
	}
	for name, v := range values {
		if field, ok := strings.CutPrefix(name, from); ok {
			values[to+field] = v
		}
	}
}

// Tidy takes out the empty rows, so that the n-th row of the form is the n-th of
// what is read and a fault stands beside its cause.
func (x Rows) Tidy(values url.Values) {
	for _, list := range x.Lists {
		for i := x.Filled(values, list) - 1; i >= 0; i-- {
			if !x.filled(values, RowName(list, i)) {
				takeOut(values, list, i)
			}
		}
	}
}

// Reshaped tells that a button of the form asked for one more row or for one
// less, and does so.
func (x Rows) Reshaped(values url.Values) bool {
	if list := values.Get("one_more"); slices.Contains(x.Lists, list) {
		n := x.count(values, list)
		values.Set(list+".rows", strconv.Itoa(min(n+1, maxRows)))
		return true
	}
	list, rest, _ := strings.Cut(values.Get("take_out"), ".")
	k, err := strconv.Atoi(strings.TrimSuffix(rest, "."))
	if err != nil || k < 0 || k >= maxRows || !slices.Contains(x.Lists, list) {
		return false
	}
	n := x.count(values, list)
	takeOut(values, list, k)
	values.Set(list+".rows", strconv.Itoa(max(n-1, 0)))
	return true
}

// count is how many rows the form shows: as many as it was asked for, at least
// those into which something was typed, and one where the list is not Bare.
func (x Rows) count(values url.Values, list string) int {
	if n, err := strconv.Atoi(values.Get(list + ".rows")); err == nil {
		return min(max(n, x.Filled(values, list)), maxRows)
	}
	if slices.Contains(x.Bare, list) {
		return x.Filled(values, list)
	}
	return max(x.Filled(values, list), 1)
}

// Names names the rows of a list as the form shows them.
func (x Rows) Names(values url.Values, list string) []string {
	var out []string
	for i := range x.count(values, list) {
		out = append(out, RowName(list, i))
	}
	return out
}

// atRow is the address of the form at one of its rows: the browser stays there.
func (t FormPage) atRow(list string, i int) string {
	return t.URL(t.Path) + "#f-" + list + "-" + strconv.Itoa(max(i, 0))
}
