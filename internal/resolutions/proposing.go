package resolutions

import (
	"cmp"
	"context"
	"slices"

	"birge/internal/forums"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// gathered is a document with its forum, as one who proposes needs it.
type gathered struct {
	Document
	forum forums.Forum // zero where there is none
	slots []forums.Slot
}

func gatheredIn(ctx context.Context, tx *db.Tx, id ref.ID) (g gathered, err error) {
	if g.Document, err = documentByID(ctx, tx, id); err != nil || g.ForumID == 0 {
		return g, err
	}
	there, err := forums.ByIDs(ctx, tx, []ref.ID{g.ForumID})
	if err != nil {
		return g, err
	}
	if g.forum = there[g.ForumID]; g.forum.ID != 0 {
		g.slots, err = forums.ShownIn(ctx, tx, g.forum)
	}
	return g, err
}

// Propose makes a proposal for a document that is not adopted yet.
func (s *Service) Propose(ctx context.Context, by access.Actor, n NewProposal) (p Proposal, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		as, err := mayPropose(by, n.ByOrg)
		if err != nil {
			return err
		}
		g, err := gatheredIn(ctx, tx, n.DocumentID)
		if err != nil {
			return err
		}
		if _, err := oneself(ctx, tx, by); err != nil {
			return err
		}
		p, err = s.propose(ctx, tx, as, g, n, Proposal{ByPerson: by.UserID})
		return err
	})
	return p, err
}

// propose adds a proposal; p says who made it where it is a remark.
func (s *Service) propose(ctx context.Context, tx *db.Tx, as access.Actor, g gathered, n NewProposal, p Proposal) (Proposal, error) {
	n.Text = n.Text.Trim()
	if err := n.check(g.Document, g.slots); err != nil {
		return p, err
	}
	if err := s.notTooMany(ctx, tx, g.Document, p, n.ByOrg); err != nil {
		return p, err
	}
	at, _ := slotOf(g.slots, n.SessionID)
	p.ID, p.Version, p.DocumentID, p.Text, p.ByOrg, p.SessionID, p.MadeOn = tx.NewID(), 1, g.ID, n.Text, n.ByOrg, n.SessionID, s.today(tx)
	p.Sample = g.Document.Sample
	if !p.Remark {
		p.Phase = phaseOf(g.forum, at, tx.Now(), s.Zone)
	}
	if err := insertProposal(ctx, tx, p); err != nil {
		return p, err
	}
	return p, journal.Record(ctx, tx, as, "resolutions.proposal.add", nil, p)
}

// notTooMany bounds what one person proposes within a day in no organization's name.
func (s *Service) notTooMany(ctx context.Context, tx *db.Tx, d Document, p Proposal, org ref.ID) error {
	who := voter{p.ByPerson, p.ByGuest}
	if p.Remark || org != 0 || who.id() == 0 {
		return nil
	}
	n, err := madeToday(ctx, tx, d.ID, who, s.today(tx))
	if err == nil && n >= mostADay {
		err = problem.New(problem.Conflict, "resolutions.proposal.enough", "most", mostADay)
	}
	return err
}

// TakeRemarks makes proposals of what was said in a session, all in one step. who
// says in words who spoke, where that is to be told.
func (s *Service) TakeRemarks(ctx context.Context, by access.Actor, document, session ref.ID, said []i18n.Text, who i18n.Text) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		g, err := gatheredIn(ctx, tx, document)
		if err != nil {
			return err
		}
		as, err := mayDraft(by, g.HolderID, s.around(g.Document))
		if err != nil {
			return err
		}
		var bad problem.Fields
		bad.Reject(len(said) == 0, "remarks", "form.required")
		bad.Reject(len(said) > mostRemarks, "remarks", "resolutions.remarks_many", "most", mostRemarks)
		bad.Reject(session == 0, "session", "form.required")
		tooLong(&bad, "who", who, longestTitle)
		if err := bad.Err(); err != nil {
			return err
		}
		for _, text := range said {
			if _, err := s.propose(ctx, tx, as, g, NewProposal{SessionID: session, Text: text}, Proposal{ByWords: who.Trim(), Phase: During, Remark: true}); err != nil {
				return err
			}
		}
		return nil
	})
}

// SumUp writes what a session of the forum sums up of its proposals.
func (s *Service) SumUp(ctx context.Context, by access.Actor, document, session ref.ID, version int64, text i18n.Text) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		g, err := gatheredIn(ctx, tx, document)
		if err != nil {
			return err
		}
		as, err := mayDraft(by, g.HolderID, s.around(g.Document))
		if err != nil {
			return err
		}
		text = text.Trim()
		var bad problem.Fields
		_, ok := slotOf(g.slots, session)
		bad.Reject(!ok, "session", "form.unknown_choice")
		bad.Reject(text.IsZero(), "text", "form.required")
		tooLong(&bad, "text", text, longestText)
		if err := bad.Err(); err != nil {
			return err
		}
		return saveSummary(ctx, tx, as, Summary{DocumentID: document, SessionID: session, Version: version, Text: text})
	})
}

// saveSummary writes the first summary of a session, or changes the one that is there.
func saveSummary(ctx context.Context, tx *db.Tx, as access.Actor, next Summary) error {
	list, err := summariesOf(ctx, tx, next.DocumentID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(x Summary) bool { return x.SessionID == next.SessionID })
	if at < 0 {
		next.ID, next.Version = tx.NewID(), 1
		if err := insertSummary(ctx, tx, next); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "resolutions.sum_up", nil, next)
	}
	before := list[at]
	if next.Version != before.Version {
		return problem.New(problem.Conflict, "problem.changed_meanwhile")
	}
	next.ID = before.ID
	if err := updateSummary(ctx, tx, next); err != nil {
		return err
	}
	next.Version++
	return journal.Record(ctx, tx, as, "resolutions.sum_up", before, next)
}

// voiceIn reads a proposal with those that were merged into it. One that was merged
// itself has one answer: it does not stand.
func voiceIn(ctx context.Context, tx *db.Tx, id ref.ID) (v Voice, d Document, err error) {
	p, err := proposalByID(ctx, tx, id)
	if err != nil {
		return v, d, err
	}
	if d, err = documentByID(ctx, tx, p.DocumentID); err != nil {
		return v, d, err
	}
	list, err := proposalsOf(ctx, tx, p.DocumentID)
	for _, x := range voicesOf(list) {
		if x.ID == id {
			return x, d, err
		}
	}
	return Voice{Proposal: p}, d, err
}

// Support adds the reader to those who support a proposal; with back it takes that
// back, also from what was merged into it. Said twice it counts once.
func (s *Service) Support(ctx context.Context, by access.Actor, id ref.ID, back bool) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if !by.SignedIn() {
			return problem.New(problem.Unauthenticated, "problem.sign_in")
		}
		who, err := oneself(ctx, tx, by)
		if err != nil {
			return err
		}
		_, err = s.support(ctx, tx, who, id, back)
		return err
	})
}

func (s *Service) support(ctx context.Context, tx *db.Tx, who voter, id ref.ID, back bool) (Proposal, error) {
	v, d, err := voiceIn(ctx, tx, id)
	if err != nil {
		return v.Proposal, err
	}
	if !v.stands() || !d.Open() {
		return v.Proposal, problem.New(problem.Conflict, "resolutions.proposal.over")
	}
	if back {
		ids := v.members()
		_, err = tx.Exec(ctx, `DELETE FROM resolution_supports WHERE person_id = $1 AND proposal_id IN `+db.In(2, len(ids)), db.Args([]any{who.id()}, ids)...)
		return v.Proposal, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO resolution_supports (proposal_id, person_id, made_at) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING`, id, who.id(), db.At(tx.Now()))
	return v.Proposal, err
}

// changeProposal applies one rule to a proposal, stores it and records it.
func changeProposal(ctx context.Context, tx *db.Tx, by access.Actor, p Proposal, act string, rule func(*Proposal)) error {
	before := p
	rule(&p)
	if err := updateProposal(ctx, tx, p); err != nil {
		return err
	}
	p.Version++
	return journal.Record(ctx, tx, by, act, before, p)
}

// Withdraw takes a proposal back; the ones merged into it stand again.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if by.SignedIn() {
			if _, err := oneself(ctx, tx, by); err != nil {
				return err
			}
		}
		p, err := proposalByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if !p.made(by) {
			return problem.New(problem.Forbidden, "resolutions.proposal.not_yours")
		}
		return s.withdraw(ctx, tx, by, p)
	})
}

func (s *Service) withdraw(ctx context.Context, tx *db.Tx, by access.Actor, p Proposal) error {
	d, err := documentByID(ctx, tx, p.DocumentID)
	if err != nil {
		return err
	}
	if !p.WithdrawnOn.IsZero() || !d.Open() {
		return problem.New(problem.Conflict, "resolutions.proposal.over")
	}
	taken, err := mergedInto(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	for _, m := range taken {
		if err := changeProposal(ctx, tx, by, m, "resolutions.proposal.part", func(m *Proposal) { m.MergedInto = 0 }); err != nil {
			return err
		}
	}
	return changeProposal(ctx, tx, by, p, "resolutions.proposal.withdraw", func(p *Proposal) { p.WithdrawnOn = s.today(tx) })
}

// Merge says that two proposals are one: the second stands for both, with the authors
// and the supporters of both.
func (s *Service) Merge(ctx context.Context, by access.Actor, id, into ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, d, as, err := s.drafted(ctx, tx, by, id)
		if err != nil {
			return err
		}
		heir, err := proposalByID(ctx, tx, into)
		if err != nil && !problem.Is(err, problem.NotFound) {
			return err
		}
		if into == id || heir.DocumentID != d.ID || !heir.stands() {
			return (problem.Fields{"into": {Key: "resolutions.proposal.cannot_merge"}}).Err()
		}
		if !p.stands() {
			return problem.New(problem.Conflict, "resolutions.proposal.over")
		}
		return changeProposal(ctx, tx, as, p, "resolutions.proposal.merge", func(p *Proposal) { p.MergedInto = into })
	})
}

// Part undoes a merger: the proposal stands alone again, with what was merged into it
// before.
func (s *Service) Part(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, _, as, err := s.drafted(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if p.MergedInto == 0 {
			return problem.New(problem.Conflict, "resolutions.proposal.not_merged")
		}
		return changeProposal(ctx, tx, as, p, "resolutions.proposal.part", func(p *Proposal) { p.MergedInto = 0 })
	})
}

// drafted reads a proposal of an open document for its drafting group.
func (s *Service) drafted(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (p Proposal, d Document, as access.Actor, err error) {
	if p, err = proposalByID(ctx, tx, id); err != nil {
		return p, d, by, err
	}
	if d, err = documentByID(ctx, tx, p.DocumentID); err != nil {
		return p, d, by, err
	}
	if as, err = mayDraft(by, d.HolderID, s.around(d)); err == nil && !d.Open() {
		err = problem.New(problem.Conflict, "resolutions.proposal.over")
	}
	return p, d, as, err
}

// Hearing is the proposals of a document, as a page tells them.
type Hearing struct {
	Document
	Forum   ref.Ref // zero where there is none
	Slots   []forums.Slot
	Session ref.ID // 0 for all
	Summary Summary
	Voices  []Voice
	// Counts are the proposals that stand, by session; 0 counts all.
	Counts map[ref.ID]int64
	Names  map[ref.ID]ref.Ref
	May    HearingMay
}

// HearingMay is what the reader may do.
type HearingMay struct{ Draft bool }

// Hear lists the proposals of a document that stand, of one session or of all, the
// most supported first.
func (s *Service) Hear(ctx context.Context, by access.Actor, document, session ref.ID) (h Hearing, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		g, err := gatheredIn(ctx, tx, document)
		if err != nil {
			return err
		}
		h = Hearing{Document: g.Document, Slots: g.slots, Session: session, Counts: map[ref.ID]int64{}}
		if g.forum.Public() {
			h.Forum = g.forum.Ref()
		}
		list, err := proposalsOf(ctx, tx, document)
		if err != nil {
			return err
		}
		if err := h.gather(ctx, tx, by, list); err != nil {
			return err
		}
		sums, err := summariesOf(ctx, tx, document)
		if i := slices.IndexFunc(sums, func(x Summary) bool { return x.SessionID == session }); i >= 0 {
			h.Summary = sums[i]
		}
		return err
	})
	_, refused := mayDraft(by, h.HolderID, s.around(h.Document))
	h.May.Draft = refused == nil && by.SignedIn()
	return h, err
}

// gather counts and orders the proposals.
func (h *Hearing) gather(ctx context.Context, tx *db.Tx, by access.Actor, list []Proposal) error {
	backers, err := backed(ctx, tx, h.ID)
	if err != nil {
		return err
	}
	var ids []ref.ID
	for _, v := range voicesOf(list) {
		h.Counts[0]++
		if v.SessionID != 0 {
			h.Counts[v.SessionID]++
		}
		if h.Session != 0 && v.SessionID != h.Session {
			continue
		}
		v.count(backers, by.UserID)
		v.Own = v.made(by)
		h.Voices = append(h.Voices, v)
		for _, p := range append(v.Merged, v.Proposal) {
			ids = append(ids, named(p.ByOrg)...)
		}
	}
	slices.SortStableFunc(h.Voices, func(a, b Voice) int { return cmp.Compare(b.Support, a.Support) })
	h.Names, err = orgs.Refs(ctx, tx, ids)
	return err
}

// backed gives who supports the proposals of a document, by proposal.
func backed(ctx context.Context, tx *db.Tx, document ref.ID) (map[ref.ID][]ref.ID, error) {
	list, err := backersOf(ctx, tx, document)
	out := map[ref.ID][]ref.ID{}
	for _, b := range list {
		out[b.proposal] = append(out[b.proposal], b.person)
	}
	return out, err
}

// Similar finds the proposals of a document whose words are like those of a text.
func (s *Service) Similar(ctx context.Context, document ref.ID, text i18n.Text) (out []Alike, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err := proposalsOf(ctx, tx, document)
		out = alikeOf(text, list)
		return err
	})
	return out, err
}

// ProposalStory is a proposal with all that its page tells.
type ProposalStory struct {
	Voice
	Of     Document
	Forum  ref.Ref
	Slot   forums.Slot // zero where it belongs to no session
	Into   Proposal    // which stands for it; zero where it stands itself
	Alike  []Alike
	Others []Proposal // with which it can be merged
	Became []ref.Ref  // the articles of the draft, or the items, that grew from it
	Names  map[ref.ID]ref.Ref
	Past   []journal.Entry
	May    HearingMay
}

// ProposalStory reads a proposal for its page.
func (s *Service) ProposalStory(ctx context.Context, by access.Actor, id ref.ID) (y ProposalStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		y = ProposalStory{}
		if y.Voice, y.Of, err = voiceIn(ctx, tx, id); err != nil {
			return err
		}
		g, err := gatheredIn(ctx, tx, y.DocumentID)
		if err != nil {
			return err
		}
		if g.forum.Public() {
			y.Forum = g.forum.Ref()
		}
		y.Slot, _ = slotOf(g.slots, y.SessionID)
		return s.readProposal(ctx, tx, by, &y)
	})
	_, refused := mayDraft(by, y.Of.HolderID, s.around(y.Of))
	y.May.Draft, y.Own = refused == nil && by.SignedIn(), y.made(by)
	return y, err
}

// readProposal reads what is near a proposal: support, authors, what is like it.
func (s *Service) readProposal(ctx context.Context, tx *db.Tx, by access.Actor, y *ProposalStory) error {
	backers, err := backed(ctx, tx, y.DocumentID)
	if err != nil {
		return err
	}
	y.count(backers, by.UserID)
	list, err := proposalsOf(ctx, tx, y.DocumentID)
	if err != nil {
		return err
	}
	y.Alike = alikeOf(y.Text, list, append(y.members(), y.MergedInto)...)
	var ids []ref.ID
	for _, p := range list {
		ids = append(ids, named(p.ByOrg)...)
		if p.ID == y.MergedInto {
			y.Into = p
		}
		if p.stands() && p.ID != y.ID {
			y.Others = append(y.Others, p)
		}
	}
	if y.Names, err = orgs.Refs(ctx, tx, ids); err != nil {
		return err
	}
	if err := y.grew(ctx, tx); err != nil {
		return err
	}
	y.Past, err = pastOf(ctx, tx, y.Of, y.Ref())
	return err
}

// grew finds what became of the proposal: items once the document is adopted, articles
// before that.
func (y *ProposalStory) grew(ctx context.Context, tx *db.Tx) error {
	if y.Of.Stage == Adopted {
		list, err := db.All(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM resolution_items WHERE proposal_id = $1 ORDER BY no`, y.ID)
		for _, i := range list {
			y.Became = append(y.Became, i.Ref())
		}
		return err
	}
	list, err := db.All(ctx, tx, scanArticle, `SELECT `+articleColumns+` FROM resolution_articles WHERE proposal_id = $1 AND NOT deleted`, y.ID)
	for _, a := range inOrder(list) {
		y.Became = append(y.Became, a.Ref())
	}
	return err
}
