package forums

import (
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindPaper is the kind of the ref of a document or a picture of a forum.
const KindPaper = "forum_paper"

// Paper is a document or a picture of a forum. The bytes lie with the files of the
// portal; what is known here decides who may see them.
type Paper struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	ForumID ref.ID `json:"forum_id"`
	NewPaper
	AddedOn db.Date `json:"added_on"`
	// WithdrawnOn is set when a person took the consent back: the bytes are gone.
	WithdrawnOn db.Date `json:"withdrawn_on"`
	Announced   bool    `json:"announced"` // as its forum

	// What the stored file is; it never changes.
	FileID    ref.ID `json:"file_id"`
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`            // of the original, in bytes
	Width     int    `json:"width,omitempty"` // of a picture's thumbnail, in pixels
	Height    int    `json:"height,omitempty"`
}

// NewPaper is what the organizer says of a file.
type NewPaper struct {
	Sort PaperSort `json:"sort"`
	// Title is what a document is called, and what a picture shows, for those who cannot
	// see it.
	Title   i18n.Text     `json:"title"`
	People  files.People  `json:"people"` // of a picture
	Consent files.Consent `json:"consent"`
}

// PaperSort is what a file is.
type PaperSort string

// The sorts of files.
const (
	Document PaperSort = "document"
	Picture  PaperSort = "picture"
)

// PaperSorts lists the sorts of files.
var PaperSorts = []PaperSort{Document, Picture}

// Ref names the paper; it stands on the page of the forum's papers.
func (x Paper) Ref() ref.Ref {
	return ref.Ref{Kind: KindPaper, ID: x.ID, Title: x.Title, Path: PapersPath(x.ForumID) + "/" + x.ID.String()}
}

// PapersPath is where the documents and pictures of a forum are shown.
func PapersPath(forum ref.ID) string { return "/forums/" + forum.String() + "/papers" }

// JournalVersion is the version of the row.
func (x Paper) JournalVersion() int64 { return x.Version }

// Root is the forum.
func (x Paper) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: x.ForumID} }

// Public tells that everybody may see it: of a forum that is announced, and no person
// in a picture without the consent that the law asks for.
func (x Paper) Public() bool { return x.Announced && x.WithdrawnOn.IsZero() && !x.NeedsConsent() }

// NeedsConsent tells that persons can be recognized and no consent is recorded; for a
// child only a parent's counts.
func (x Paper) NeedsConsent() bool {
	return x.Sort == Picture && x.People.Need(x.Consent)
}

// Address is where a variant of a public file is to be had, without language.
func (x Paper) Address(variant string) string {
	return files.File{ID: x.FileID, Name: x.Name}.Address(variant)
}

// Limits of what is handed in, in bytes.
const (
	maxPicture = 20 << 20
	maxPaper   = 25 << 20
)

// Takes tells which classes of files a sort takes, and up to which size.
func (s PaperSort) Takes() (files.Class, int64) {
	if s == Picture {
		return files.Pictures, maxPicture
	}
	return files.Pictures | files.Documents | files.Tables, maxPaper
}

func (n NewPaper) check(today db.Date) error {
	var bad problem.Fields
	bad.Reject(n.Sort != Document && n.Sort != Picture, "sort", "form.required")
	bad.Reject(n.Title.IsZero(), "title", "form.required")
	bad.Reject(n.Sort == Picture && !n.People.Known(), "people", "form.required")
	bad.Merge("", n.Consent.Faults(today))
	return bad.Err()
}

// consent records the paper by which a picture may be shown.
func (x *Paper) consent(c files.Consent, today db.Date) error {
	if x.Sort != Picture || x.People == files.Nobody || !x.WithdrawnOn.IsZero() {
		return problem.New(problem.Conflict, "forums.no_consent_asked")
	}
	if err := c.Recorded(today); err != nil {
		return err
	}
	x.Consent = c
	return nil
}

// withdraw takes the consent back: what was told of the picture is forgotten too.
func (x *Paper) withdraw(today db.Date) error {
	if x.Sort != Picture || !x.WithdrawnOn.IsZero() {
		return problem.New(problem.Conflict, "forums.no_consent_asked")
	}
	x.WithdrawnOn, x.Consent, x.Title, x.Name = today, files.Consent{}, i18n.Text{}, ""
	return nil
}
