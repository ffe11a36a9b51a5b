package funding

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"slices"

	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/signatures"
	"birge/internal/projects"
)

// SignOwed is what each side owes once the text is settled: its signature.
const SignOwed = "funding.sign"

// AgreementPaper is what the printable document of an agreement is drawn from.
type AgreementPaper struct {
	Agreement   Agreement
	Call        Call
	Application string // its number
	Org, Funder orgs.Organization
	On          db.Date // the day on which the text was settled
}

// grantedTo is an application that won, with how much it was given in tiyn.
type grantedTo struct {
	Application
	sum int64
}

// draftAgreements begins the agreements of applications that won money of a call, each
// with a text drawn from its application. One that has an agreement keeps it.
func (s *Service) draftAgreements(ctx context.Context, tx *db.Tx, by access.Actor, c Call, won []grantedTo) error {
	have, err := agreed(ctx, tx, won)
	if err != nil {
		return err
	}
	won = slices.DeleteFunc(slices.Clone(won), func(x grantedTo) bool { return have[x.ID] })
	numbers, err := numbersIn(ctx, tx, KindAgreement, s.today(tx).Year(), len(won))
	if err != nil {
		return err
	}
	begun, texts := make([]journal.Pair, len(won)), make([]journal.Pair, len(won))
	rows, versions := make([][]any, len(won)), make([][]any, len(won))
	for i, x := range won {
		a := s.firstAgreement(tx, c, x)
		a.Number = numbers[i]
		v := AgreementVersion{ID: tx.NewID(), AgreementID: a.ID, No: a.Revision, Side: FunderSide, Text: a.Text, On: s.today(tx)}
		begun[i], texts[i] = journal.Pair{After: a}, journal.Pair{After: v}
		rows[i], versions[i] = a.row(), v.row()
	}
	if err := db.InsertMany(ctx, tx, `INSERT INTO agreements (`+agreementColumns+`)`, rows); err != nil {
		return err
	}
	if err := journal.RecordMany(ctx, tx, by, "funding.agreement.draft", begun); err != nil {
		return err
	}
	if err := db.InsertMany(ctx, tx, `INSERT INTO agreement_versions (`+agreementVersionColumns+`)`, versions); err != nil {
		return err
	}
	return journal.RecordMany(ctx, tx, by, "funding.agreement.version", texts)
}

// firstAgreement is the agreement of a winner as the portal drafts it.
func (s *Service) firstAgreement(tx *db.Tx, c Call, x grantedTo) Agreement {
	book := s.Norms.Book()
	return Agreement{ID: tx.NewID(), ApplicationID: x.ID, CallID: c.ID, OrgID: x.OrgID, FunderID: c.FunderID, Granted: x.sum, Revision: 1,
		Text:    firstText(x.Proposal, c.Kind, x.sum, int(normOr(book, "agreement.first_tranche", c.NormsOn, 40)), int(normOr(book, "report.final", c.NormsOn, 10))),
		NormsOn: c.NormsOn, Sample: x.Sample, CreatedAt: db.At(tx.Now()), Version: 1}
}

// MayCost: a project that came of a decision never costs more than it was given.
func (s *Service) MayCost(ctx context.Context, tx *db.Tx, project ref.ID, sum int64) error {
	given, ok, err := db.Maybe(ctx, tx, db.Value[int64], `SELECT granted FROM agreements WHERE project_id = $1 AND void_on IS NULL`, project)
	if err == nil && ok && sum > given {
		err = problem.Fields{"sum": {Key: "funding.more_than_granted", Args: []any{"most", i18n.Tiyn(given)}}}.Err()
	}
	return err
}

// normOr is the number of a norm on a day; fallback where there is no such norm.
func normOr(book *norms.Book, key string, on db.Date, fallback int64) int64 {
	if n, ok := book.Norm(key, on); ok {
		return n.Value.N
	}
	return fallback
}

// keepText keeps the present text of an agreement for ever.
func (s *Service) keepText(ctx context.Context, tx *db.Tx, by access.Actor, a Agreement, side Side, reason i18n.Text) error {
	v := AgreementVersion{ID: tx.NewID(), AgreementID: a.ID, No: a.Revision, Side: side, Text: a.Text, Reason: reason, On: s.today(tx)}
	if err := db.InsertMany(ctx, tx, `INSERT INTO agreement_versions (`+agreementVersionColumns+`)`, [][]any{v.row()}); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "funding.agreement.version", nil, v)
}

// agreeing is an agreement with what is needed to act on it.
type agreeing struct {
	Agreement
	call Call
	side Side
	as   access.Actor
	ours bool // the actor speaks for a side
}

// agreement loads an agreement: the sides see it from its beginning, everybody
// when it is signed.
func (s *Service) agreement(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (g agreeing, err error) {
	if g.Agreement, err = agreementByID(ctx, tx, id); err != nil {
		return g, err
	}
	if g.call, err = callByID(ctx, tx, g.CallID); err != nil {
		return g, err
	}
	if g.side, g.as, g.ours = s.sideOf(by, g.Agreement, g.call); !g.ours && !g.Public() {
		return agreeing{}, problem.New(problem.NotFound, "problem.not_found")
	}
	return g, nil
}

// changeAgreement loads an agreement, asks the right to bind a side, or to write
// for it, applies a rule, stores and records it.
func (s *Service) changeAgreement(ctx context.Context, by access.Actor, act string, id ref.ID, version int64, binding bool, f func(tx *db.Tx, g *agreeing) error) (a Agreement, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		g, err := s.agreement(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if !g.ours {
			return problem.New(problem.Forbidden, "funding.agreement.sides_only")
		}
		if binding {
			if g.side, g.as, err = s.mayBind(by, g.Agreement, g.call); err != nil {
				return err
			}
		}
		if version != 0 && version != g.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		before := g.Agreement
		if err := f(tx, &g); err != nil {
			return err
		}
		a = g.Agreement
		a.Version++
		if err := updateAgreement(ctx, tx, a); err != nil {
			return err
		}
		return journal.Record(ctx, tx, g.as, act, before, a)
	})
	return a, err
}

// ChangeAgreement puts another text in the place of the present one, with a reason.
func (s *Service) ChangeAgreement(ctx context.Context, by access.Actor, id ref.ID, version int64, text AgreementText, reason i18n.Text) (Agreement, error) {
	return s.changeAgreement(ctx, by, "funding.agreement.change", id, version, false, func(tx *db.Tx, g *agreeing) error {
		was := g.Text.Plan
		text.Plan.FundingKind, text.Plan.Currency = was.FundingKind, was.Currency
		text.Plan = numberedPlan(tx, text.Plan)
		if err := g.change(g.side, text, reason.Trim()); err != nil {
			return err
		}
		return s.keepText(ctx, tx, g.as, g.Agreement, g.side, reason.Trim())
	})
}

// numberedPlan gives ids to the parts of a plan that have none, so that two
// versions can be laid side by side.
func numberedPlan(tx *db.Tx, p projects.Plan) projects.Plan {
	for i := range p.Tranches {
		if p.Tranches[i].ID == 0 {
			p.Tranches[i].ID = tx.NewID()
		}
	}
	for i := range p.Lines {
		if p.Lines[i].ID == 0 {
			p.Lines[i].ID = tx.NewID()
		}
	}
	for i := range p.Indicators {
		if p.Indicators[i].ID == 0 {
			p.Indicators[i].ID = tx.NewID()
		}
	}
	return p
}

// maxDocument is how large a drawn document may be, in bytes.
const maxDocument = 20 << 20

// AgreeTo notes that the actor's side agrees to a text by its number. With the
// consent of both the text is settled: its document is drawn and both are to sign.
func (s *Service) AgreeTo(ctx context.Context, by access.Actor, id ref.ID, revision int) (Agreement, error) {
	document, err := s.draw(ctx, by, id)
	if err != nil {
		return Agreement{}, err
	}
	return s.changeAgreement(ctx, by, "funding.agreement.consent", id, 0, true, func(tx *db.Tx, g *agreeing) error {
		settled, err := g.agree(g.side, revision)
		if err != nil || !settled {
			return err
		}
		f, err := s.Files.Add(ctx, tx, g.as, files.NewFile{Checked: document, Owner: g.Ref()})
		if err != nil {
			return err
		}
		today := s.today(tx)
		g.DocumentID, g.SettledOn, g.SignBy = f.ID, today, s.Norms.Book().Due("agreement.sign", today, g.NormsOn)
		return s.oweSignatures(ctx, tx, g)
	})
}

// draw draws the document of an agreement as it would be settled now; outside of
// the transaction, since it takes time.
func (s *Service) draw(ctx context.Context, by access.Actor, id ref.ID) (*files.Checked, error) {
	var p AgreementPaper
	err := s.db.View(ctx, func(tx *db.Tx) error {
		g, err := s.agreement(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if _, _, err := s.mayBind(by, g.Agreement, g.call); err != nil {
			return err
		}
		p, err = s.paperOf(ctx, tx, g)
		return err
	})
	if err != nil {
		return nil, err
	}
	pdf, err := s.Paper(p)
	if err != nil {
		return nil, err
	}
	return s.Files.Check(ctx, p.Agreement.Number+".pdf", bytes.NewReader(pdf), files.Documents, maxDocument)
}

func (s *Service) paperOf(ctx context.Context, tx *db.Tx, g agreeing) (p AgreementPaper, err error) {
	sides, err := orgs.ByIDs(ctx, tx, []ref.ID{g.OrgID, g.FunderID})
	if err != nil {
		return p, err
	}
	x, err := applicationByID(ctx, tx, g.ApplicationID)
	return AgreementPaper{Agreement: g.Agreement, Call: g.call, Application: x.Number, Org: sides[g.OrgID], Funder: sides[g.FunderID], On: s.today(tx)}, err
}

// signThing is the signature of a side, as obligations know it.
func signThing(a Agreement, side Side) ref.Ref {
	return ref.Ref{Kind: "agreement_" + string(side), ID: a.ID, Title: a.Text.Plan.Title, Path: a.Ref().Path}
}

// oweSignatures has both sides owe their signatures.
func (s *Service) oweSignatures(ctx context.Context, tx *db.Tx, g *agreeing) error {
	names, err := orgs.Refs(ctx, tx, []ref.ID{g.OrgID, g.FunderID})
	if err != nil {
		return err
	}
	owner := map[Side]ref.Ref{FunderSide: names[g.FunderID], ApplicantSide: names[g.OrgID]}
	to := map[Side]ref.Ref{FunderSide: names[g.OrgID], ApplicantSide: names[g.FunderID]}
	for _, side := range Sides {
		d := obligations.Debt{Kind: SignOwed, Ground: obligations.Law, GroundText: s.law("agreement.sign", g.call), Thing: signThing(g.Agreement, side), Root: g.Ref(),
			Owner: owner[side], To: to[side], WhatKey: "funding.owed.sign", WhatArgs: []string{"number", g.Number}, Due: g.SignBy,
			PlaceID: g.call.PlaceID, Sample: g.Sample, Private: true}
		if !ByLaw(g.call.Kind) {
			d.Ground, d.GroundText = obligations.Promise, g.call.Title
		}
		if _, err := s.Obligations.Owe(ctx, tx, g.as, d); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) endSigning(ctx context.Context, tx *db.Tx, as access.Actor, a Agreement, how obligations.Outcome, sides ...Side) error {
	for _, side := range sides {
		if err := s.Obligations.Settle(ctx, tx, as, signThing(a, side), SignOwed, how, s.today(tx)); err != nil {
			return err
		}
	}
	return nil
}

// ReopenAgreement takes a settled text back to be changed, while nobody signed it.
func (s *Service) ReopenAgreement(ctx context.Context, by access.Actor, id ref.ID, version int64) (Agreement, error) {
	return s.changeAgreement(ctx, by, "funding.agreement.reopen", id, version, true, func(tx *db.Tx, g *agreeing) error {
		list, err := signaturesOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := g.reopen(len(list)); err != nil {
			return err
		}
		return s.endSigning(ctx, tx, g.as, g.Agreement, obligations.Released, Sides...)
	})
}

// VoidAgreement ends an agreement that was not signed by both, with a reason; the
// application leaves the winners.
func (s *Service) VoidAgreement(ctx context.Context, by access.Actor, id ref.ID, version int64, reason i18n.Text) (Agreement, error) {
	return s.changeAgreement(ctx, by, "funding.agreement.void", id, version, true, func(tx *db.Tx, g *agreeing) error {
		if err := g.void(s.today(tx), reason.Trim()); err != nil {
			return err
		}
		if err := s.endSigning(ctx, tx, g.as, g.Agreement, obligations.Released, Sides...); err != nil {
			return err
		}
		_, err := s.changeApplicationIn(ctx, tx, by, "funding.application.lose", g.ApplicationID, 0, func(tx *db.Tx, x *Application, _ Call) (access.Actor, error) {
			return g.as, x.lose(db.At(tx.Now()), reason.Trim())
		})
		return err
	})
}

// lose takes an application out of the winners when no agreement comes of it.
func (a *Application) lose(at db.Time, reason i18n.Text) error {
	if a.State != Funded {
		return problem.New(problem.Conflict, "funding.application.not_to_withdraw")
	}
	a.State, a.WithdrawnAt, a.Reason = Withdrawn, at, reason
	return nil
}

// CheckCopy judges a copy of the signed paper before it is handed in.
func (s *Service) CheckCopy(ctx context.Context, by access.Actor, id ref.ID, name string, r io.Reader) (*files.Checked, error) {
	err := s.db.View(ctx, func(tx *db.Tx) error {
		g, err := s.agreement(ctx, tx, by, id)
		if err != nil {
			return err
		}
		_, _, err = s.mayBind(by, g.Agreement, g.call)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Files.Check(ctx, name, r, files.Documents|files.Pictures, maxDocument)
}

// SignByCopy takes a copy of the paper that the actor's side signed by hand.
func (s *Service) SignByCopy(ctx context.Context, by access.Actor, id ref.ID, copied *files.Checked) (Agreement, error) {
	return s.sign(ctx, by, id, func(tx *db.Tx, g *agreeing, n *Signature) error {
		f, err := s.Files.Add(ctx, tx, g.as, files.NewFile{Checked: copied, Owner: n.Ref()})
		n.Way, n.FileID = ByCopy, f.ID
		return err
	})
}

// SignByFile takes a signature file over the document. A wrong one is refused and
// nothing is kept of it.
func (s *Service) SignByFile(ctx context.Context, by access.Actor, id ref.ID, file []byte) (Agreement, error) {
	document, bin, err := s.toSign(ctx, by, id)
	if err != nil {
		return Agreement{}, err
	}
	seal, err := s.Signatures.Check(file, document, s.db.Now())
	if err != nil {
		return Agreement{}, err
	}
	if seal.BIN != "" && bin != "" && seal.BIN != bin {
		return Agreement{}, problem.Fields{"signature": {Key: "funding.signature.of_another", Args: []any{"bin", seal.BIN}}}.Err()
	}
	sum := sha256.Sum256(file)
	return s.sign(ctx, by, id, func(tx *db.Tx, _ *agreeing, n *Signature) error {
		n.Way, n.SHA256, n.Seal, n.file = ByFile, hex.EncodeToString(sum[:]), seal, file
		if seal.Why != signatures.WhyGOST || s.Verifier == nil {
			return nil
		}
		n.Asked = true
		return jobs.Enqueue(ctx, tx, verifySignature{n.ID})
	})
}

// toSign gives the document of a settled agreement and the BIN of the actor's side.
func (s *Service) toSign(ctx context.Context, by access.Actor, id ref.ID) (document []byte, bin string, err error) {
	var file ref.ID
	err = s.db.View(ctx, func(tx *db.Tx) error {
		g, err := s.agreement(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if g.side, _, err = s.mayBind(by, g.Agreement, g.call); err != nil {
			return err
		}
		if g.State() != Settled {
			return problem.New(problem.Conflict, "funding.agreement.not_to_sign")
		}
		p, err := s.paperOf(ctx, tx, g)
		if bin = p.Org.BIN; g.side == FunderSide {
			bin = p.Funder.BIN
		}
		file = g.DocumentID
		return err
	})
	if err != nil {
		return nil, "", err
	}
	document, err = s.read(ctx, file)
	return document, bin, err
}

func (s *Service) read(ctx context.Context, file ref.ID) ([]byte, error) {
	_, r, err := s.Files.Open(ctx, file, files.Original)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// sign adds the signature of the actor's side; with the second one that holds the
// project begins, in the same transaction.
func (s *Service) sign(ctx context.Context, by access.Actor, id ref.ID, fill func(tx *db.Tx, g *agreeing, n *Signature) error) (Agreement, error) {
	return s.changeAgreement(ctx, by, "funding.agreement.sign", id, 0, true, func(tx *db.Tx, g *agreeing) error {
		if g.State() != Settled {
			return problem.New(problem.Conflict, "funding.agreement.not_to_sign")
		}
		list, err := signaturesOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, ok := signedBy(list, g.side); ok {
			return problem.New(problem.Conflict, "funding.signature.there")
		}
		n := Signature{ID: tx.NewID(), AgreementID: id, Side: g.side, At: db.At(tx.Now()), By: by.UserID, Version: 1}
		if err := fill(tx, g, &n); err != nil {
			return err
		}
		if err := insertSignature(ctx, tx, n); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, g.as, "funding.signature.add", nil, n); err != nil {
			return err
		}
		if err := s.endSigning(ctx, tx, g.as, g.Agreement, obligations.Kept, g.side); err != nil {
			return err
		}
		return s.begin(ctx, tx, g, append(list, n))
	})
}

// begin begins the project when both sides have signed.
func (s *Service) begin(ctx context.Context, tx *db.Tx, g *agreeing, list []Signature) error {
	if !bothHold(list) {
		return nil
	}
	g.SignedOn = s.today(tx)
	before, err := s.cameFrom(ctx, tx, g)
	if err != nil {
		return err
	}
	p, err := s.Projects.StartIn(ctx, tx, g.as, projects.NewProject{OrgID: g.OrgID, FunderID: g.FunderID, Programme: g.call.ProgrammeID, Plan: g.Text.Plan,
		Agreement: projects.Agreement{Number: g.Number, AgreedOn: g.SignedOn, Rhythm: g.Text.Rhythm, Days: g.Text.Days},
		Before:    before, Sample: g.Sample})
	g.ProjectID = p.ID
	return err
}

// cameFrom is the way to a project: the topic that its application answers, or where
// it names none all of its call, then the call and the agreement.
func (s *Service) cameFrom(ctx context.Context, tx *db.Tx, g *agreeing) ([]ref.Ref, error) {
	a, err := applicationByID(ctx, tx, g.ApplicationID)
	if err != nil {
		return nil, err
	}
	topics, err := topicsOfCall(ctx, tx, g.call)
	var before []ref.Ref
	for _, t := range topics {
		if a.Proposal.TopicID == 0 || a.Proposal.TopicID == t.ID {
			before = append(before, t.Ref())
		}
	}
	return append(before, g.call.Ref(), g.Ref()), err
}

// verifySignature is the job that asks the operator's verifier.
type verifySignature struct {
	ID ref.ID `json:"id"`
}

// JobKind names the job for ever.
func (verifySignature) JobKind() string { return "funding.signature.verify" }

// verify asks the verifier about a signature. While it cannot be reached the job
// is tried again.
func (s *Service) verify(ctx context.Context, j verifySignature) error {
	var (
		n          Signature
		file       []byte
		documentID ref.ID
	)
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if n, err = signatureByID(ctx, tx, j.ID); err != nil {
			return err
		}
		if file, err = signatureFile(ctx, tx, j.ID); err != nil {
			return err
		}
		a, err := agreementByID(ctx, tx, n.AgreementID)
		documentID = a.DocumentID
		return err
	})
	if err != nil || !n.Asked || s.Verifier == nil {
		return err
	}
	document, err := s.read(ctx, documentID)
	if err != nil {
		return err
	}
	valid, err := s.Verifier.Verify(ctx, file, document)
	if err != nil {
		slog.WarnContext(ctx, "a signature could not be verified", slog.Any("err", err))
		return err
	}
	return s.verified(ctx, j.ID, valid)
}

// verified notes what the verifier found: the project begins, or the side owes its
// signature again.
func (s *Service) verified(ctx context.Context, id ref.ID, valid bool) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := signatureByID(ctx, tx, id)
		if err != nil {
			return err
		}
		before := n
		if err := n.answered(valid, s.Verifier.Name()); err != nil {
			return err
		}
		n.Version++
		as := access.Portal("verifier")
		if err := updateSignature(ctx, tx, n); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, "funding.signature.verify", before, n); err != nil {
			return err
		}
		g, err := s.agreement(ctx, tx, as, n.AgreementID)
		if err != nil || g.State() != Settled {
			return err
		}
		if !valid {
			return s.Obligations.Reopen(ctx, tx, as, signThing(g.Agreement, n.Side), SignOwed)
		}
		list, err := signaturesOf(ctx, tx, n.AgreementID)
		if err != nil || !bothHold(list) {
			return err
		}
		was := g.Agreement
		if err := s.begin(ctx, tx, &g, list); err != nil {
			return err
		}
		g.Version++
		if err := updateAgreement(ctx, tx, g.Agreement); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "funding.agreement.sign", was, g.Agreement)
	})
}

// AgreementStory is what the page of an agreement tells.
type AgreementStory struct {
	Agreement  Agreement
	Call       Call
	Org        ref.Ref
	Funder     ref.Ref
	Project    ref.Ref            // once it began
	Versions   []AgreementVersion // for the sides, the first one first
	Signatures []Signature        // whose holders the sides alone are told
	Day        db.Date
	// Side is the side for which the actor may write; Binds that also agree and sign.
	Side  Side
	Binds bool
}

// AgreementStory tells of an agreement that the actor may see.
func (s *Service) AgreementStory(ctx context.Context, by access.Actor, id ref.ID) (st AgreementStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		g, err := s.agreement(ctx, tx, by, id)
		if err != nil {
			return err
		}
		st = AgreementStory{Agreement: g.Agreement, Call: g.call, Day: s.today(tx)}
		names, err := orgs.Refs(ctx, tx, []ref.ID{g.OrgID, g.FunderID})
		if err != nil {
			return err
		}
		st.Org, st.Funder = names[g.OrgID], names[g.FunderID]
		if g.ProjectID != 0 {
			st.Project = ref.Ref{Kind: projects.KindProject, ID: g.ProjectID, Title: g.Text.Plan.Title, Path: "/projects/" + g.ProjectID.String()}
		}
		if st.Signatures, err = signaturesOf(ctx, tx, id); err != nil {
			return err
		}
		if !g.ours {
			for i := range st.Signatures {
				st.Signatures[i].Seal.Holder, st.Signatures[i].By = "", 0
			}
			return nil
		}
		_, _, no := s.mayBind(by, g.Agreement, g.call)
		st.Side, st.Binds = g.side, no == nil
		st.Versions, err = agreementVersions(ctx, tx, id)
		return err
	})
	return st, err
}

// AgreementFile gives the document of an agreement, to whoever may see that.
func (s *Service) AgreementFile(ctx context.Context, by access.Actor, id ref.ID) (f files.File, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		g, err := s.agreement(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if g.DocumentID == 0 {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		f, err = s.Files.ByID(ctx, tx, g.DocumentID)
		return err
	})
	return f, err
}

// SignatureFile gives what a side handed in as its signature, to the two sides
// only: a signature file in bytes, or the file of the copy.
func (s *Service) SignatureFile(ctx context.Context, by access.Actor, id, signature ref.ID) (n Signature, file []byte, copied files.File, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		g, err := s.agreement(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if n, err = signatureByID(ctx, tx, signature); err != nil {
			return err
		}
		if !g.ours || n.AgreementID != id {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if n.Way == ByCopy {
			copied, err = s.Files.ByID(ctx, tx, n.FileID)
			return err
		}
		file, err = signatureFile(ctx, tx, signature)
		return err
	})
	return n, file, copied, err
}
