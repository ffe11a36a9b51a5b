package projects

import (
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindFile is the kind of a file of a project.
const KindFile = "project_file"

// File is a document, a piece of evidence or a picture of a project, an event
// or a report. The bytes lie with the files of the portal; what is known here
// decides who may see them.
type File struct {
	ID        ref.ID `json:"id"`
	ProjectID ref.ID `json:"project_id"`
	// Part is the event or the report to which the file belongs; with neither it
	// belongs to the project itself.
	Part      Belongs  `json:"part,omitempty"`
	PartID    ref.ID   `json:"part_id,omitempty"`
	Indicator ref.ID   `json:"indicator_id,omitempty"` // of which value it is evidence
	Sort      FileSort `json:"sort"`
	// Title is what a document is called, and what a picture shows, for those
	// who cannot see it.
	Title i18n.Text `json:"title"`
	// ForAll tells that it was handed in for everybody; else it is for those who
	// check only.
	ForAll bool `json:"for_all"`
	// Closed tells that it came to a closed event or a sheltered project: the
	// very day on which it came is nobody's business then.
	Closed  bool          `json:"closed,omitempty"`
	People  files.People  `json:"people,omitempty"` // of a picture
	Consent files.Consent `json:"consent,omitzero"`
	AddedOn db.Date       `json:"added_on"`
	// WithdrawnOn is set when a person took the consent back: the bytes are gone.
	WithdrawnOn  db.Date   `json:"withdrawn_on"`
	HiddenOn     db.Date   `json:"hidden_on"`
	HiddenReason i18n.Text `json:"hidden_reason,omitzero"`

	// What the stored file is; it never changes.
	FileID    ref.ID `json:"file_id"`
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`            // of the original, in bytes
	Width     int    `json:"width,omitempty"` // of a picture's thumbnail, in pixels
	Height    int    `json:"height,omitempty"`

	Hidden  bool  `json:"hidden"` // as its project
	Version int64 `json:"version"`
}

// Belongs is what a file of a project belongs to.
type Belongs string

// The parts of a project that have files.
const (
	WholeProject Belongs = ""
	OfEvent      Belongs = "event"
	OfReport     Belongs = "report"
)

// FileSort is what a file is for.
type FileSort string

// The sorts of files.
const (
	Paper    FileSort = "document"
	Evidence FileSort = "evidence" // of a report or of one value in it
	Picture  FileSort = "picture"
)

// FileSorts lists the sorts of files in the order in which they are shown.
var FileSorts = []FileSort{Paper, Evidence, Picture}

// Ref names the file.
func (f File) Ref() ref.Ref {
	return ref.Ref{Kind: KindFile, ID: f.ID, Title: f.Title, Path: "/projects/" + f.ProjectID.String() + "/files/" + f.ID.String()}
}

// JournalVersion is the version of the row.
func (f File) JournalVersion() int64 { return f.Version }

// Root is the project on whose page the file is.
func (f File) Root() ref.Ref { return ref.Ref{Kind: KindProject, ID: f.ProjectID} }

// Public tells that everybody may see the entries of the file, and so the days
// on which it came and changed.
func (f File) Public() bool { return f.open() && (f.Sort == Paper || !f.Closed) }

// open tells that nothing about the file itself keeps it from everybody.
func (f File) open() bool { return f.ForAll && f.shown() && !f.Hidden }

// shown is what does not depend on the project: nothing hidden or withdrawn,
// and no person in a picture without the consent that the law asks for.
func (f File) shown() bool {
	return f.HiddenOn.IsZero() && f.WithdrawnOn.IsZero() && !f.NeedsConsent()
}

// NeedsConsent tells that persons can be recognized and no consent is recorded;
// for a child only a parent's counts.
func (f File) NeedsConsent() bool {
	return f.Sort == Picture && f.People.Need(f.Consent)
}

// ShownOn tells whether everybody may see the file of the project: of a
// sheltered one, or of a closed event, no picture and no evidence.
func (f File) ShownOn(p Project, closedEvent bool) bool {
	return f.open() && (f.Sort == Paper || !p.Sheltered() && !closedEvent)
}

// Address is where a variant of a public file is to be had, without language.
func (f File) Address(variant string) string {
	return files.File{ID: f.FileID, Name: f.Name}.Address(variant)
}

// IsPicture tells that the file has copies to show.
func (f File) IsPicture() bool { return f.Width > 0 }

// NewFile is what somebody hands in.
type NewFile struct {
	Part      Belongs
	PartID    ref.ID
	Indicator ref.ID
	Sort      FileSort
	Title     i18n.Text
	ForAll    bool
	People    files.People
	Consent   files.Consent
}

func (n NewFile) check(today db.Date) error {
	var bad problem.Fields
	bad.Reject(n.Sort != Paper && n.Sort != Evidence && n.Sort != Picture, "sort", "form.required")
	bad.Reject(n.Sort == Evidence && n.Part != OfReport, "sort", "projects.file.evidence_of_report")
	bad.Reject(n.Title.IsZero(), "title", "form.required")
	bad.Reject(n.Sort == Picture && !n.People.Known(), "people", "form.required")
	bad.Merge("", n.Consent.Faults(today))
	return bad.Err()
}

// Limits of what is handed in, in bytes.
const (
	MaxPicture = 20 << 20
	MaxPaper   = 25 << 20
)

// Takes tells which classes of files a sort takes, and up to which size.
func (s FileSort) Takes() (files.Class, int64) {
	if s == Picture {
		return files.Pictures, MaxPicture
	}
	return files.Pictures | files.Documents | files.Tables, MaxPaper
}

// mayHandIn: people of the organization; documents of the project also the
// funder's side.
func mayHandIn(by access.Actor, p Project, n NewFile, around []ref.ID) (access.Actor, error) {
	if n.Part == WholeProject {
		return mayDraft(by, p, around)
	}
	return mayAnnounce(by, p)
}

// maySeeFile: everybody what is shown; what is for those who check, the people
// of the organization and the funder's side.
func maySeeFile(by access.Actor, p Project, f File, closedEvent bool, around []ref.ID) bool {
	if f.ShownOn(p, closedEvent) {
		return true
	}
	_, err := mayDraft(by, p, around)
	return by.SignedIn() && err == nil
}

// GiveConsent records the paper by which a picture may be shown.
func (f *File) GiveConsent(c files.Consent, today db.Date) error {
	if f.Sort != Picture || f.People == files.Nobody || !f.WithdrawnOn.IsZero() {
		return problem.New(problem.Conflict, "projects.file.no_consent_asked")
	}
	if err := c.Recorded(today); err != nil {
		return err
	}
	f.Consent, f.ForAll = c, true
	return nil
}

// Withdraw takes the consent back: where the paper lies is forgotten too.
func (f *File) Withdraw(today db.Date) error {
	if f.Sort != Picture || !f.WithdrawnOn.IsZero() {
		return problem.New(problem.Conflict, "projects.file.no_consent_asked")
	}
	f.WithdrawnOn, f.Consent, f.Title, f.Name, f.ForAll = today, files.Consent{}, i18n.Text{}, "", false
	return nil
}

// Hide keeps the file from everybody, with a reason that everybody may read.
func (f *File) Hide(reason i18n.Text, today db.Date) error {
	if !f.HiddenOn.IsZero() || !f.WithdrawnOn.IsZero() {
		return problem.New(problem.Conflict, "projects.file.hidden_already")
	}
	if reason.IsZero() {
		return required("reason")
	}
	f.HiddenOn, f.HiddenReason = today, reason
	return nil
}

// Unhide shows a hidden file again.
func (f *File) Unhide() error {
	if f.HiddenOn.IsZero() {
		return problem.New(problem.Conflict, "projects.file.not_hidden")
	}
	f.HiddenOn, f.HiddenReason = db.Date{}, i18n.Text{}
	return nil
}
