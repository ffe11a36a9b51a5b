package resolutions

import (
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// Proposal is what somebody wants a document to say.
type Proposal struct {
	ID         ref.ID    `json:"id"`
	Version    int64     `json:"version"`
	DocumentID ref.ID    `json:"resolution_id"`
	Text       i18n.Text `json:"text"`
	// ByWords says who proposed it in the words of a report. ByOrg is the
	// organization that did, 0 for a person; ByPerson is personal, shown to nobody,
	// and not in the journal.
	ByWords  i18n.Text `json:"by_words"`
	ByOrg    ref.ID    `json:"by_org"`
	ByPerson ref.ID    `json:"-"`
	MadeOn   db.Date   `json:"made_on"` // none where the source gives none
	// MergedInto is the proposal that says the same and stands for both.
	MergedInto  ref.ID  `json:"merged_into"`
	WithdrawnOn db.Date `json:"withdrawn_on"`
	Sample      bool    `json:"sample"`
}

// Ref names the proposal to other rooms.
func (p Proposal) Ref() ref.Ref {
	return ref.Ref{Kind: KindProposal, ID: p.ID, Title: p.Text, Path: "/resolutions/" + p.DocumentID.String() + "/proposals#p" + p.ID.String()}
}

// Root is the document.
func (p Proposal) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: p.DocumentID} }

// JournalVersion is the version of the row.
func (p Proposal) JournalVersion() int64 { return p.Version }

// Public tells that proposals are open to all.
func (p Proposal) Public() bool { return true }
