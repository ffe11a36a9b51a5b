package resolutions

import (
	"cmp"
	"slices"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// Proposal is what somebody wants a document to say.
type Proposal struct {
	ID         ref.ID    `json:"id"`
	Version    int64     `json:"version"`
	DocumentID ref.ID    `json:"resolution_id"`
	Text       i18n.Text `json:"text"`
	// ByWords says who proposed it in the words of a report, or of who wrote a remark
	// down. ByOrg is the organization that did, 0 for a person; ByPerson, and ByGuest for
	// who has no account, are personal, shown to nobody, and not in the journal.
	ByWords  i18n.Text `json:"by_words"`
	ByOrg    ref.ID    `json:"by_org"`
	ByPerson ref.ID    `json:"-"`
	ByGuest  ref.ID    `json:"-"`
	MadeOn   db.Date   `json:"made_on"` // none where the source gives none
	// SessionID is the session of the forum in which it belongs, 0 for none; Phase is
	// when it was made; Remark tells that it was said there and written down.
	SessionID ref.ID `json:"session_id"`
	Phase     Phase  `json:"phase"`
	Remark    bool   `json:"remark"`
	// MergedInto is the proposal that says the same and stands for both.
	MergedInto  ref.ID  `json:"merged_into"`
	WithdrawnOn db.Date `json:"withdrawn_on"`
	Sample      bool    `json:"sample"`
}

// Phase is when a proposal was made, by the hours of its session or the days of its
// forum; "" where they are not known.
type Phase string

// The phases.
const (
	Before Phase = "before"
	During Phase = "during"
	After  Phase = "after"
)

// Ref names the proposal to other rooms.
func (p Proposal) Ref() ref.Ref {
	return ref.Ref{Kind: KindProposal, ID: p.ID, Title: p.Text, Path: "/resolutions/" + p.DocumentID.String() + "/proposals/" + p.ID.String()}
}

// Root is the document.
func (p Proposal) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: p.DocumentID} }

// JournalVersion is the version of the row.
func (p Proposal) JournalVersion() int64 { return p.Version }

// Public tells that proposals are open to all.
func (p Proposal) Public() bool { return true }

// stands tells that a proposal can be supported and can take others in.
func (p Proposal) stands() bool { return p.MergedInto == 0 && p.WithdrawnOn.IsZero() }

// longestProposal is how many characters a proposal may have: it is written on a
// phone. mostRemarks is how many remarks are written down in one step.
const (
	longestProposal = 2000
	mostRemarks     = 100
)

// NewProposal is what somebody proposes; ByOrg is 0 for a person, SessionID 0 for the
// whole forum.
type NewProposal struct {
	DocumentID ref.ID    `json:"document"`
	ByOrg      ref.ID    `json:"org"`
	SessionID  ref.ID    `json:"session"`
	Text       i18n.Text `json:"text"`
}

func (n NewProposal) check(d Document, slots []forums.Slot) error {
	if !d.Open() {
		return problem.New(problem.Conflict, "resolutions.proposal.over")
	}
	var bad problem.Fields
	bad.Reject(n.Text.IsZero(), "text", "form.required")
	tooLong(&bad, "text", n.Text, longestProposal)
	_, ok := slotOf(slots, n.SessionID)
	bad.Reject(n.SessionID != 0 && !ok, "session", "form.unknown_choice")
	return bad.Err()
}

// slotOf finds a session on a programme.
func slotOf(slots []forums.Slot, session ref.ID) (forums.Slot, bool) {
	i := slices.IndexFunc(slots, func(x forums.Slot) bool { return x.SessionID == session })
	if i < 0 {
		return forums.Slot{}, false
	}
	return slots[i], true
}

// phaseOf tells when something is said: by the hours of the session where there are
// any, else by the days of the forum.
func phaseOf(f forums.Forum, x forums.Slot, now time.Time, zone *time.Location) Phase {
	from, until := x.Starts.Time, x.Ends.Time
	if from.IsZero() && !f.From.IsZero() {
		last := f.Until
		if last.IsZero() {
			last = f.From
		}
		from, until = f.From.In(zone), last.AddDays(1).In(zone)
	}
	switch {
	case from.IsZero():
		return ""
	case now.Before(from):
		return Before
	case now.Before(until):
		return During
	}
	return After
}

// mayPropose: everybody who is signed in; for an organization, its people.
func mayPropose(by access.Actor, org ref.ID) (access.Actor, error) {
	switch {
	case by.IsPortal():
		return by, nil
	case !by.SignedIn():
		return by, problem.New(problem.Unauthenticated, "problem.sign_in")
	case org == 0:
		return by.As(access.Citizen, 0), nil
	case by.LeadsOrg(org):
		return by.As(access.Lead, org), nil
	case by.WorksFor(org):
		return by.As(access.Staff, org), nil
	}
	return by, problem.New(problem.Forbidden, "resolutions.proposal.not_your_org")
}

// mayDraft: the drafting group, who are those who keep a document and those who work
// for the organization that holds it.
func mayDraft(by access.Actor, holder ref.ID, around []ref.ID) (access.Actor, error) {
	as, err := mayKeep(by, holder, around)
	if err != nil && by.WorksFor(holder) {
		return by.As(access.Staff, holder), nil
	}
	return as, err
}

// made tells that the actor made a proposal.
func (p Proposal) made(by access.Actor) bool {
	return by.SignedIn() && by.UserID == p.ByPerson || by.WorksFor(p.ByOrg)
}

// Voice is a proposal with its support and those that were merged into it.
type Voice struct {
	Proposal
	Support int64
	Mine    bool // the reader supports it
	Own     bool // the reader made it
	Merged  []Proposal
}

// members are the ids of the proposal and of those that were merged into it.
func (v Voice) members() []ref.ID {
	ids := []ref.ID{v.ID}
	for _, m := range v.Merged {
		ids = append(ids, m.ID)
	}
	return ids
}

// voicesOf puts what was merged under what stands for it, however long the way is.
func voicesOf(list []Proposal) (out []Voice) {
	byID, at := map[ref.ID]Proposal{}, map[ref.ID]int{}
	for _, p := range list {
		byID[p.ID] = p
		if p.stands() {
			at[p.ID] = len(out)
			out = append(out, Voice{Proposal: p})
		}
	}
	for _, p := range list {
		if p.MergedInto == 0 || !p.WithdrawnOn.IsZero() {
			continue
		}
		top := p
		for top.MergedInto != 0 {
			top = byID[top.MergedInto]
		}
		if n, ok := at[top.ID]; ok {
			out[n].Merged = append(out[n].Merged, p)
		}
	}
	return out
}

// Alike is a proposal whose words are like those of another.
type Alike struct {
	Proposal
	Share int // percent of the words of the shorter text that the other has too
}

// What is shown as like, and how many at most.
const (
	alikeShare = 40
	alikeMost  = 5
)

// alikeOf are the proposals that stand and are like a text, the closest first, without
// those that are left out.
func alikeOf(text i18n.Text, list []Proposal, without ...ref.ID) (out []Alike) {
	mine := search.Stems(text.Words())
	for _, p := range list {
		if !p.stands() || slices.Contains(without, p.ID) {
			continue
		}
		if share := search.Shared(mine, search.Stems(p.Text.Words())); share >= alikeShare {
			out = append(out, Alike{p, share})
		}
	}
	slices.SortStableFunc(out, func(a, b Alike) int { return cmp.Compare(b.Share, a.Share) })
	return out[:min(len(out), alikeMost)]
}

// KindSummary is the kind of the ref of a summary.
const KindSummary = "resolution_summary"

// Summary is how a session of a forum sums up what was proposed in it.
type Summary struct {
	ID         ref.ID    `json:"id"`
	Version    int64     `json:"version"`
	DocumentID ref.ID    `json:"resolution_id"`
	SessionID  ref.ID    `json:"session_id"`
	Text       i18n.Text `json:"text"`
}

// Ref names the summary.
func (s Summary) Ref() ref.Ref {
	return ref.Ref{Kind: KindSummary, ID: s.ID, Title: s.Text, Path: "/resolutions/" + s.DocumentID.String() + "/proposals?session=" + s.SessionID.String()}
}

// Root is the document.
func (s Summary) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: s.DocumentID} }

// JournalVersion is the version of the row.
func (s Summary) JournalVersion() int64 { return s.Version }

// Public tells that summaries are open to all.
func (s Summary) Public() bool { return true }
