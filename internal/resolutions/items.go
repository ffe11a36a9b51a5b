package resolutions

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// part is an item with the document of which it is a part.
type part struct {
	Item
	of Document
}

func partIn(ctx context.Context, tx *db.Tx, id ref.ID) (p part, err error) {
	if p.Item, err = itemByID(ctx, tx, id); err != nil {
		return p, err
	}
	p.of, err = documentByID(ctx, tx, p.DocumentID)
	return p, err
}

// act runs one act on an item in a transaction: may gives the actor in the role that
// allows it.
func (s *Service) act(ctx context.Context, id ref.ID, version int64, may func(p part) (access.Actor, error), do func(tx *db.Tx, as access.Actor, p part) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := partIn(ctx, tx, id)
		if err != nil {
			return err
		}
		as, err := may(p)
		if err != nil {
			return err
		}
		if version != 0 && version != p.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		return do(tx, as, p)
	})
}

// NewItem is an item of a document that was adopted outside the portal.
type NewItem struct {
	Text        i18n.Text
	ProposerOrg ref.ID
	// Ask is of whom it asks what by when. Only of a document that is known from a
	// source an item may have no owner, date or measure: the source does not say.
	Ask
}

// AddItem adds an item to an adopted document and asks its owner.
func (s *Service) AddItem(ctx context.Context, by access.Actor, document ref.ID, n NewItem) (i Item, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := documentByID(ctx, tx, document)
		if err != nil {
			return err
		}
		as, err := s.mayKeep(by, d)
		if err != nil {
			return err
		}
		if d.Stage != Adopted {
			return problem.New(problem.Conflict, "resolutions.not_adopted")
		}
		if n.OwnerID == 0 && d.Fact == "" {
			return (problem.Fields{"owner": {Key: "resolutions.item.owner_missing"}}).Err()
		}
		if n.Due.IsZero() && d.Fact == "" {
			return (problem.Fields{"due": {Key: "form.required"}}).Err()
		}
		if i, err = s.addItem(ctx, tx, as, d, Item{Text: n.Text, Theme: n.Theme, ProposerOrg: n.ProposerOrg}); err != nil || n.OwnerID == 0 {
			return err
		}
		i, err = s.assign(ctx, tx, as, part{i, d}, n.Ask)
		return err
	})
	return i, err
}

// addItem puts an item into a document: at its number, or at the end.
func (s *Service) addItem(ctx context.Context, tx *db.Tx, by access.Actor, d Document, i Item) (Item, error) {
	i.Text = i.Text.Trim()
	var bad problem.Fields
	bad.Reject(i.Text.IsZero(), "text", "form.required")
	tooLong(&bad, "text", i.Text, longestArticle)
	bad.Reject(i.Theme != "" && !s.Norms.Book().InUse(norms.Spheres, i.Theme), "theme", "form.unknown_choice")
	if err := bad.Err(); err != nil {
		return i, err
	}
	if i.No == 0 {
		last, err := lastNo(ctx, tx, d.ID)
		if err != nil {
			return i, err
		}
		i.No = last + 1
	}
	i.ID, i.Version, i.DocumentID, i.Stage, i.Ties, i.Sample = tx.NewID(), 1, d.ID, ItemAdopted, []ref.Ref{}, d.Sample
	if err := insertItem(ctx, tx, i); err != nil {
		return i, err
	}
	return i, journal.Record(ctx, tx, by, "resolutions.item.add", nil, i)
}

// Adoption is what is said when a document is adopted.
type Adoption struct {
	On db.Date
	// AnswerBy is the last day on which the owners are expected to answer; needed when
	// the document asks something of somebody.
	AnswerBy db.Date
}

// Adopt ends the drafting of a document: its articles that ask something of somebody
// become items, and their owners are asked. Without owner, date and measure none is
// adopted.
func (s *Service) Adopt(ctx context.Context, by access.Actor, id ref.ID, n Adoption) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := documentByID(ctx, tx, id)
		if err != nil {
			return err
		}
		as, err := s.mayKeep(by, d)
		if err != nil {
			return err
		}
		if d.Stage == Adopted {
			return problem.New(problem.Conflict, "resolutions.adopted_already")
		}
		asking, last, err := s.ripe(ctx, tx, d)
		if err != nil {
			return err
		}
		today := s.today(tx)
		var bad problem.Fields
		bad.Reject(n.On.IsZero(), "on", "form.required")
		bad.Reject(n.On.After(today), "on", "resolutions.future_day")
		bad.Reject(len(asking) > 0 && n.AnswerBy.IsZero(), "answer_by", "form.required")
		bad.Reject(len(asking) > 0 && !n.AnswerBy.IsZero() && !n.AnswerBy.After(today), "answer_by", "resolutions.past_day")
		if err := bad.Err(); err != nil {
			return err
		}
		before := d
		d.Stage, d.AdoptedOn = Adopted, n.On
		if err := s.saveDocument(ctx, tx, as, "resolutions.adopt", before, &d); err != nil {
			return err
		}
		for k, a := range asking {
			if err := s.itemOf(ctx, tx, as, d, a, last+k+1, n.AnswerBy); err != nil {
				return err
			}
		}
		return nil
	})
}

// ripe judges that a document can be adopted, and gives its articles that become
// items and the number of its last item.
func (s *Service) ripe(ctx context.Context, tx *db.Tx, d Document) (asking []Article, last int, err error) {
	left, err := openAmendments(ctx, tx, d.ID)
	if err != nil {
		return nil, 0, err
	}
	if len(left) > 0 {
		return nil, 0, problem.New(problem.Conflict, "resolutions.adopt.amendments_open", "n", len(left))
	}
	if d.BodyID != 0 {
		v, err := s.voteOn(ctx, tx, d.Ref())
		if err != nil {
			return nil, 0, err
		}
		if !v.Said || v.Outcome.Result != panels.Adopted {
			return nil, 0, problem.New(problem.Conflict, "resolutions.adopt.body_votes")
		}
	}
	list, err := articlesOf(ctx, tx, d.ID)
	if err != nil {
		return nil, 0, err
	}
	var bare []string
	no := numbers(list)
	for _, a := range list {
		if a.Deleted || !a.Asks {
			continue
		}
		if !a.whole() || !a.Due.After(s.today(tx)) {
			bare = append(bare, strconv.Itoa(no[a.ID]))
		}
		asking = append(asking, a)
	}
	carried, err := itemsOf(ctx, tx, d.ID)
	for _, i := range carried {
		if last = i.No; i.OwnerID == 0 || i.Due.IsZero() || i.Measure.IsZero() {
			bare = append(bare, short(i.Text))
		}
	}
	if err == nil && len(bare) > 0 {
		err = problem.New(problem.Conflict, "resolutions.adopt.no_owner", "nos", strings.Join(bare, ", "))
	}
	return asking, last, err
}

// short is the beginning of a text, by which people know it again.
func short(t i18n.Text) string {
	s, _ := t.In(i18n.RU)
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return "«" + s + "»"
}

// itemOf makes an item of an article and asks its owner.
func (s *Service) itemOf(ctx context.Context, tx *db.Tx, as access.Actor, d Document, a Article, no int, answerBy db.Date) error {
	i := Item{No: no, Text: a.Text, Theme: a.Theme, ArticleID: a.ID, ProposalID: a.ProposalID}
	if a.ProposalID != 0 {
		p, err := proposalByID(ctx, tx, a.ProposalID)
		if err != nil {
			return err
		}
		if i.ProposerOrg = p.ByOrg; p.ByOrg == 0 {
			i.ProposerPerson, i.ProposerGuest = p.ByPerson, p.ByGuest
		}
	}
	i, err := s.addItem(ctx, tx, as, d, i)
	if err != nil {
		return err
	}
	_, err = s.assign(ctx, tx, as, part{i, d}, Ask{OwnerID: a.OwnerID, Due: a.Due, Measure: a.Measure, AnswerBy: answerBy, Theme: a.Theme})
	return err
}

func (s *Service) keeper(by access.Actor) func(part) (access.Actor, error) {
	return func(p part) (access.Actor, error) { return s.mayKeep(by, p.of) }
}

// owner lets the owner of an item speak. For the addressee of a package who keeps it
// may: it notes what the letters say.
func (s *Service) owner(by access.Actor) func(part) (access.Actor, error) {
	return func(p part) (access.Actor, error) {
		as, err := p.mayOwn(by)
		if err != nil && p.of.Kind == Package {
			return s.mayKeep(by, p.of)
		}
		return as, err
	}
}

// noted tells that the actor speaks for the owner without being of it.
func (p part) noted(by access.Actor) bool {
	_, err := p.mayOwn(by)
	return err != nil
}

// Assign asks an owner to take an item, and mails the link by which they answer to
// their registered address.
func (s *Service) Assign(ctx context.Context, by access.Actor, id ref.ID, version int64, a Ask) error {
	return s.act(ctx, id, version, s.keeper(by), func(tx *db.Tx, as access.Actor, p part) error {
		_, err := s.assign(ctx, tx, as, p, a)
		return err
	})
}

func (s *Service) assign(ctx context.Context, tx *db.Tx, as access.Actor, p part, a Ask) (Item, error) {
	body, err := bodyIn(ctx, tx, a.OwnerID)
	if err != nil {
		return p.Item, err
	}
	if a.Theme == "" {
		a.Theme = p.Theme
	}
	if a.Theme != "" && !s.Norms.Book().InUse(norms.Spheres, a.Theme) {
		return p.Item, (problem.Fields{"theme": {Key: "form.unknown_choice"}}).Err()
	}
	a.OwnerID = body.ID
	i, err := change(ctx, tx, as, p.Item, "resolutions.item.assign", func(i *Item) error { return i.assign(a, s.today(tx)) })
	if err != nil || body.Mail == "" {
		return i, err
	}
	return i, s.mailLink(ctx, tx, part{i, p.of}, body)
}

// bodyIn reads the organization that is asked; the zero one where none is named.
func bodyIn(ctx context.Context, tx *db.Tx, id ref.ID) (o orgs.Organization, err error) {
	if id == 0 {
		return o, nil
	}
	list, err := orgs.ByIDs(ctx, tx, []ref.ID{id})
	return list[id], err
}

// Reply is the owner's answer to what is asked: an accepted item is owed from then
// on.
func (s *Service) Reply(ctx context.Context, by access.Actor, id ref.ID, version int64, r Reply) error {
	return s.act(ctx, id, version, s.owner(by), func(tx *db.Tx, as access.Actor, p part) error {
		p.Noted = p.noted(by)
		return s.reply(ctx, tx, as, p, r, false)
	})
}

func (s *Service) reply(ctx context.Context, tx *db.Tx, as access.Actor, p part, r Reply, byLink bool) error {
	i, err := change(ctx, tx, as, p.Item, replyAct(r.Accept), func(i *Item) error {
		i.ByLink, i.Noted = byLink, p.Noted && !byLink
		return i.reply(r, s.today(tx))
	})
	if err != nil || !r.Accept {
		return err
	}
	return s.promise(ctx, tx, as, part{i, p.of})
}

func replyAct(accept bool) string {
	if accept {
		return "resolutions.item.accept"
	}
	return "resolutions.item.decline"
}

// promise makes the accepted item an obligation. Where it was carried from an item
// that is still owed, the new promise takes the place of the old one.
func (s *Service) promise(ctx context.Context, tx *db.Tx, by access.Actor, p part) error {
	sides, err := orgs.Refs(ctx, tx, named(p.OwnerID, p.ProposerOrg))
	if err != nil {
		return err
	}
	debt := obligations.Debt{Kind: Promised, What: p.Text, Ground: obligations.Promise, GroundText: groundOf(p), Thing: p.Ref(), Root: p.of.Ref(),
		Owner: sides[p.OwnerID], To: sides[p.ProposerOrg], Proposer: p.ProposerPerson, PlaceID: p.of.PlaceID, Due: p.Due, Sample: p.Item.Sample}
	if p.CarriedFrom != 0 {
		old, running, err := s.stillOwed(ctx, tx, p.CarriedFrom, p.OwnerID)
		if err != nil {
			return err
		}
		if running {
			_, err := s.Obligations.Carry(ctx, tx, by, old, debt)
			return err
		}
	}
	_, err = s.Obligations.Owe(ctx, tx, by, debt)
	return err
}

// groundOf cites the item in the document.
func groundOf(p part) (t i18n.Text) {
	for _, l := range i18n.Langs {
		if title, _ := p.of.Title.In(l); title != "" {
			t.Set(l, title+", № "+strconv.Itoa(p.No))
		}
	}
	return t
}

func named(ids ...ref.ID) []ref.ID {
	return slices.DeleteFunc(ids, func(id ref.ID) bool { return id == 0 })
}

// stillOwed finds the obligation of an earlier item that the same owner still owes.
func (s *Service) stillOwed(ctx context.Context, tx *db.Tx, item, owner ref.ID) (ref.ID, bool, error) {
	old, err := partIn(ctx, tx, item)
	if err != nil {
		return 0, false, err
	}
	o, err := s.owedFor(ctx, tx, old)
	if err != nil || o == nil || o.Owner.ID != owner {
		return 0, false, err
	}
	state := o.State(s.today(tx))
	return o.ID, state.Running() || state == obligations.StateDisputed, nil
}

// owedFor is the obligation of an item, nil where it has none.
func (s *Service) owedFor(ctx context.Context, tx *db.Tx, p part) (*obligations.Obligation, error) {
	list, err := s.Obligations.Of(ctx, tx, p.of.Ref())
	for n, o := range list {
		if o.Kind == Promised && o.Thing.ID == p.ID {
			return &list[n], err
		}
	}
	return nil, err
}

// Work says how the work stands. It is also the owner's word beside the mark of the
// obligation.
func (s *Service) Work(ctx context.Context, by access.Actor, id ref.ID, version int64, progress i18n.Text) error {
	return s.act(ctx, id, version, s.owner(by), func(tx *db.Tx, as access.Actor, p part) error {
		if _, err := change(ctx, tx, as, p.Item, "resolutions.item.work", func(i *Item) error {
			i.ByLink, i.Noted = false, p.noted(by)
			return i.begin(progress, s.today(tx))
		}); err != nil {
			return err
		}
		return s.Obligations.ReplyIn(ctx, tx, as, p.Ref(), Promised, progress)
	})
}

// Finish says that an item is done, with proof.
func (s *Service) Finish(ctx context.Context, by access.Actor, id ref.ID, version int64, proof i18n.Text, link string) error {
	return s.act(ctx, id, version, s.owner(by), func(tx *db.Tx, as access.Actor, p part) error {
		p.Noted = p.noted(by)
		return s.finish(ctx, tx, as, p, proof, link, false)
	})
}

func (s *Service) finish(ctx context.Context, tx *db.Tx, as access.Actor, p part, proof i18n.Text, link string, byLink bool) error {
	o, err := s.owedFor(ctx, tx, p)
	if err != nil {
		return err
	}
	disputed := o != nil && !o.DisputedOn.IsZero()
	done, err := change(ctx, tx, as, p.Item, "resolutions.item.finish", func(i *Item) error {
		i.ByLink, i.Noted = byLink, p.Noted && !byLink
		return i.finish(proof, link, disputed, s.today(tx))
	})
	if err != nil {
		return err
	}
	if err := s.Obligations.Settle(ctx, tx, as, p.Ref(), Promised, obligations.Kept, s.today(tx)); err != nil {
		return err
	}
	return s.askProposer(ctx, tx, part{done, p.of})
}

// Judge confirms that an item is done, or disputes it.
func (s *Service) Judge(ctx context.Context, by access.Actor, id ref.ID, version int64, confirm bool, why i18n.Text) error {
	may := func(p part) (access.Actor, error) { return p.mayJudge(by, p.of.HolderID, s.around(p.of)) }
	return s.act(ctx, id, version, may, func(tx *db.Tx, as access.Actor, p part) error {
		until, err := askedUntil(ctx, tx, p.Item)
		if err != nil {
			return err
		}
		if !until.IsZero() && !by.IsPortal() {
			return problem.New(problem.Forbidden, "resolutions.only_proposer")
		}
		_, err = s.judge(ctx, tx, as, p, confirm, why, false)
		return err
	})
}

func (s *Service) judge(ctx context.Context, tx *db.Tx, as access.Actor, p part, confirm bool, why i18n.Text, byLink bool) (Item, error) {
	o, err := s.owedFor(ctx, tx, p)
	if err != nil {
		return p.Item, err
	}
	i, err := change(ctx, tx, as, p.Item, judgeAct(confirm), func(i *Item) error {
		i.JudgedByLink = byLink
		return i.judge(confirm, why, s.today(tx))
	})
	switch {
	case err != nil:
		return i, err
	case !confirm:
		return i, s.Obligations.DisputeIn(ctx, tx, as, p.Ref(), Promised, why)
	case o != nil && !o.DisputedOn.IsZero():
		return i, s.Obligations.WithdrawDisputeIn(ctx, tx, as, p.Ref(), Promised)
	}
	return i, nil
}

func judgeAct(confirm bool) string {
	if confirm {
		return "resolutions.item.confirm"
	}
	return "resolutions.item.dispute"
}

// Carry takes an item that is not done over into the next document, where its owner
// is asked again. What the item was when it was carried stays in the report.
func (s *Service) Carry(ctx context.Context, by access.Actor, id ref.ID, version int64, into ref.ID) error {
	return s.act(ctx, id, version, s.keeper(by), func(tx *db.Tx, as access.Actor, p part) error {
		next, err := documentByID(ctx, tx, into)
		if err != nil {
			return err
		}
		if _, err := s.mayKeep(by, next); err != nil {
			return err
		}
		o, err := s.owedFor(ctx, tx, p)
		if err != nil {
			return err
		}
		standing := p.Standing(o, s.today(tx))
		var taken Item
		if _, err := change(ctx, tx, as, p.Item, "resolutions.item.carry", func(i *Item) error {
			heir, err := i.carry(next, standing)
			if err != nil {
				return err
			}
			taken, err = s.addItem(ctx, tx, as, next, heir)
			i.CarriedTo = taken.ID
			return err
		}); err != nil {
			return err
		}
		return nil
	})
}

// Tie says that the thing at an address fulfils an item, or takes that back. The
// keeper of the document and the owner of the item may.
func (s *Service) Tie(ctx context.Context, by access.Actor, id ref.ID, version int64, path string) error {
	if s.Find == nil {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	may := func(p part) (access.Actor, error) {
		if as, err := p.mayOwn(by); err == nil {
			return as, nil
		}
		return s.mayKeep(by, p.of)
	}
	thing, ok, err := s.Find(ctx, path)
	if err != nil {
		return err
	}
	return s.act(ctx, id, version, may, func(tx *db.Tx, as access.Actor, p part) error {
		if !ok {
			return (problem.Fields{"path": {Key: "resolutions.item.no_such_thing"}}).Err()
		}
		_, err := change(ctx, tx, as, p.Item, "resolutions.item.tie", func(i *Item) error { return i.tie(thing) })
		return err
	})
}

// ItemStory is an item with all that its page tells.
type ItemStory struct {
	Row
	Of       Document
	From, To Item // where it was carried from and to; zero where it was not
	Next     []Document
	Names    map[ref.ID]ref.Ref
	Mail     bool // the owner has a registered address
	// JudgeUntil is until when the proposer, who has no account, may judge by a link;
	// zero where nobody is asked so.
	JudgeUntil db.Time
	Past       []journal.Entry
	Today      db.Date
	May        ItemMay
}

// ItemMay is what the reader may do with an item as it stands.
type ItemMay struct{ Assign, Reply, Work, Judge, Carry, Tie, Send bool }

// ItemStory reads an item for its page.
func (s *Service) ItemStory(ctx context.Context, by access.Actor, id ref.ID) (y ItemStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err := partIn(ctx, tx, id)
		if err != nil {
			return err
		}
		y.Of, y.Item, y.Today = p.of, p.Item, s.today(tx)
		if y.Owed, err = s.owedFor(ctx, tx, p); err != nil {
			return err
		}
		y.Standing = y.Item.Standing(y.Owed, y.Today)
		for at, into := range map[ref.ID]*Item{p.CarriedFrom: &y.From, p.CarriedTo: &y.To} {
			if at == 0 {
				continue
			}
			if *into, err = itemByID(ctx, tx, at); err != nil {
				return err
			}
		}
		if err := s.readNext(ctx, tx, &y); err != nil {
			return err
		}
		if y.Past, err = pastOf(ctx, tx, p.of, p.Ref()); err != nil {
			return err
		}
		body, err := bodyIn(ctx, tx, p.OwnerID)
		if err != nil {
			return err
		}
		y.Mail = body.Mail != ""
		if y.JudgeUntil, err = askedUntil(ctx, tx, p.Item); err != nil {
			return err
		}
		y.Names, err = orgs.Refs(ctx, tx, named(p.OwnerID, p.ProposerOrg, p.of.HolderID))
		return err
	})
	if err == nil {
		y.May = s.itemMay(by, y)
	}
	return y, err
}

// readNext lists the documents into which the item can be carried.
func (s *Service) readNext(ctx context.Context, tx *db.Tx, y *ItemStory) error {
	after, err := documentsAfter(ctx, tx, y.Of.ID)
	y.Next = slices.DeleteFunc(after, func(d Document) bool { return d.PreviousID != y.Of.ID })
	return err
}

// pastOf are the entries of the journal about one part of a document.
func pastOf(ctx context.Context, tx *db.Tx, d Document, of ref.Ref) ([]journal.Entry, error) {
	list, err := journal.Timeline(ctx, tx, d.Ref(), 0, 10*mostPast, true)
	return slices.DeleteFunc(list, func(e journal.Entry) bool { return e.Thing.Key() != of.Key() }), err
}

func (s *Service) itemMay(by access.Actor, y ItemStory) (m ItemMay) {
	if !by.SignedIn() {
		return m
	}
	_, err := s.mayKeep(by, y.Of)
	keeps := err == nil
	_, err = s.owner(by)(part{y.Item, y.Of})
	owns := err == nil
	_, err = y.mayJudge(by, y.Of.HolderID, s.around(y.Of))
	judges := err == nil
	asked := slices.Contains([]ItemStage{ItemAdopted, ItemAssigned, ItemDeclined}, y.Stage)
	working := y.Stage == ItemAccepted || y.Stage == ItemInWork
	adopted := y.Of.Stage == Adopted
	return ItemMay{
		Assign: keeps && asked && (adopted || y.CarriedFrom != 0),
		Reply:  owns && y.Stage == ItemAssigned,
		Work:   owns && (working || y.Standing == Disputed),
		Judge:  judges && y.Stage == ItemDone && y.JudgeUntil.IsZero(),
		Carry:  keeps && y.Stage != ItemCarried && y.Standing.Open() && len(y.Next) > 0,
		Tie:    s.Find != nil && (keeps || owns) && y.Stage != ItemCarried,
		Send:   keeps && y.Mail && (y.Stage == ItemAssigned || working),
	}
}
