// Package todo is how a room tells what waits for somebody's act. Each room answers
// with tasks for the actor who asks; the page of the desk draws those of all rooms
// as one list. What is owed by a date of law or agreement is an obligation and
// stands there; a task is the act that is wanted next.
package todo

import (
	"cmp"
	"context"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// Most is how many rows of each kind a desk shows.
const Most = 50

// Task is an act that is wanted of the actor.
type Task struct {
	// Act is the name of the act: "projects.report.judge". "desk."+Act says what to do.
	Act string
	// Thing is where it waits, Path the page on which it is done.
	Thing ref.Ref
	Path  string
	// Note is the key of a word on what about the thing, "" where its title says it.
	Note string
	// Since is the day from which it waits, zero where there is none.
	Since db.Date
	// Due is the last day of the term, where there is one.
	Due db.Date
	// Idle tells that nobody waits for the act.
	Idle bool
}

// day is what orders tasks: the term, else the day from which they wait.
func (t Task) day() db.Date {
	if !t.Due.IsZero() {
		return t.Due
	}
	return t.Since
}

// Ask finds tasks of an actor in a snapshot of the store.
type Ask func(context.Context, *db.Tx, access.Actor) ([]Task, error)

// Of asks one after the other in one snapshot and puts first what waits longest.
func Of(ctx context.Context, d *db.DB, by access.Actor, asks ...Ask) (out []Task, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		out = nil
		for _, ask := range asks {
			some, err := ask(ctx, tx, by)
			if err != nil {
				return err
			}
			out = append(out, some...)
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b Task) int { return cmp.Or(a.day().Compare(b.day()), cmp.Compare(a.Path, b.Path)) })
	return out, err
}
