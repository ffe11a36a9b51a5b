// Package notices tells people what they asked to be told of: they follow things
// and lists, get a digest of what changed, a letter when something they owe falls
// due, and see on their desk what they were told.
//
// Who follows is a reader: a person with an account, or an address alone, which
// confirmed that it asked. What changed is read from the public part of the
// journal, never from the rooms, so nothing hidden can be told: a digest says
// which page changed and by which act, and the page says what strangers may
// know. Nobody is told of their own acts.
//
// A digest is written and the reader's place in the journal moved in one
// transaction, so each change is told once, whatever crashes between.
//
// What somebody follows is nobody else's business. It is told in no entry of the
// journal, as sessions are not, and is gone when the following ends.
package notices

import (
	"birge/internal/obligations"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// The kinds of what can be followed, beside the kinds of pages (project,
// organization, place).
const (
	KindOwed = "owed" // what a body owes; the id is the body's
	KindList = "list" // a list as its address asks for it; without id
)

// Subject is what is followed. The path of a list carries its filters.
type Subject struct{ ref.Ref }

// list is what tells two lists apart; "" for a thing.
func (s Subject) list() string {
	if s.Kind == KindList {
		return s.Path
	}
	return ""
}

// Rhythm is how often a reader gets a digest.
type Rhythm string

// The rhythms.
const (
	Daily  Rhythm = "daily"
	Weekly Rhythm = "weekly" // on Mondays
	Never  Rhythm = "never"  // no letters; the desk and the feed tell
)

// Rhythms lists the rhythms in the order in which pages offer them.
var Rhythms = []Rhythm{Daily, Weekly, Never}

func (r Rhythm) known() bool { return r == Daily || r == Weekly || r == Never }

// dueOn tells whether a digest goes out on the day, given the day of the last one.
func (r Rhythm) dueOn(day, last db.Date) bool {
	switch {
	case !last.IsZero() && !last.Before(day):
		return false
	case r == Daily:
		return true
	case r == Weekly: // a Monday that was missed is made up for
		return day.Weekday() == 1 || !last.IsZero() && last.DaysUntil(day) >= 7
	}
	return false
}

// Reader is who is told.
type Reader struct {
	ID ref.ID `json:"id"`
	// PersonID is 0 for an address alone; then Email and Lang are set.
	PersonID ref.ID    `json:"person_id"`
	Email    string    `json:"email"`
	Lang     i18n.Lang `json:"lang"`
	Rhythm   Rhythm    `json:"rhythm"`
	// FeedAt is since when there is a personal feed; no time when there is none.
	FeedAt db.Time `json:"feed_at"`
	// ToldSeq is the place in the journal up to which the reader was told, ToldOn
	// the day of the last digest.
	ToldSeq int64   `json:"told_seq"`
	ToldOn  db.Date `json:"told_on"`
	MadeAt  db.Time `json:"made_at"`
	Version int64   `json:"version"`
}

// Follow is one subject that a reader follows.
type Follow struct {
	ID       ref.ID `json:"id"`
	ReaderID ref.ID `json:"-"`
	Subject
	// FromSeq is the place in the journal at which the following began.
	FromSeq int64   `json:"from_seq"`
	MadeAt  db.Time `json:"made_at"`
}

// maxFollows is how much one reader can follow.
const maxFollows = 200

func errNotFound() error { return problem.New(problem.NotFound, "problem.not_found") }

// Notice is something that a person was told.
type Notice struct {
	ID   ref.ID  `json:"id"`
	At   db.Time `json:"at"`
	Kind string  `json:"kind"`
	// About is the page that changed, or the obligation that falls due.
	About  ref.Ref `json:"about"`
	Told   Told    `json:"told"`
	ReadAt db.Time `json:"read_at"`
}

// The kinds of notices.
const (
	Changed  = "change"
	Reminder = "reminder"
)

// Told is what a notice says.
type Told struct {
	Deeds []Deed `json:"deeds,omitempty"`
	Owed  *Owed  `json:"owed,omitempty"`
}

// Deed is an act on a page: when it was done last, and how often since the
// reader was told before.
type Deed struct {
	Act   string  `json:"act"`
	At    db.Time `json:"at"`
	Times int     `json:"times"`
}

// Owed is what a reminder is about, in words of people or as a message key with
// pairs of name and value.
type Owed struct {
	What     i18n.Text `json:"what"`
	WhatKey  string    `json:"what_key"`
	WhatArgs []string  `json:"what_args"`
	Due      db.Date   `json:"due"`
	DaysLeft int       `json:"days_left"`
}

func owedOf(o obligations.Obligation, daysLeft int) *Owed {
	return &Owed{What: o.What, WhatKey: o.WhatKey, WhatArgs: o.WhatArgs, Due: o.Due, DaysLeft: daysLeft}
}
