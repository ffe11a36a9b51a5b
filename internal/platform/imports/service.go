package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/jobs"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
)

// Actors finds a person with the grants held now.
type Actors func(ctx context.Context, person ref.ID) (access.Actor, error)

// Service is the door of imports for pages and commands alike.
type Service struct {
	db     *db.DB
	files  *files.Service
	actors Actors
	kinds  []Kind
	limits table.Limits
}

// New makes the service for the kinds of the rooms.
func New(d *db.DB, f *files.Service, actors Actors, kinds ...Kind) *Service {
	return &Service{db: d, files: f, actors: actors, kinds: kinds, limits: table.DefaultLimits}
}

// MaxFile is the largest table that is taken, in bytes.
func (s *Service) MaxFile() int64 { return s.limits.Size }

// Kinds lists the kinds of tables that the actor may hand in.
func (s *Service) Kinds(by access.Actor) (out []Kind) {
	for _, k := range s.kinds {
		if k.May(by) == nil {
			out = append(out, k)
		}
	}
	return out
}

// Kind finds a kind by its name; one that the actor may not import is Forbidden.
func (s *Service) Kind(by access.Actor, name string) (Kind, error) {
	k, err := s.kind(name)
	if err != nil {
		return nil, err
	}
	return k, k.May(by)
}

func (s *Service) kind(name string) (Kind, error) {
	i := slices.IndexFunc(s.kinds, func(k Kind) bool { return k.Name() == name })
	if i < 0 {
		return nil, problem.New(problem.NotFound, "problem.not_found")
	}
	return s.kinds[i], nil
}

// Upload is a file as it was handed in.
type Upload interface {
	io.ReaderAt
	io.ReadSeeker
}

// Receive takes a table of size bytes and begins to check it. A file that is no
// table, or lacks a column, is refused at once. The same table handed in again
// by the same person while it is not over is the same import.
func (s *Service) Receive(ctx context.Context, by access.Actor, kind, name string, file Upload, size int64) (im Import, err error) {
	k, err := s.Kind(by, kind)
	if err != nil {
		return im, err
	}
	header, err := s.headerOf(k, name, file, size)
	if err != nil {
		return im, err
	}
	sum, err := hashOf(file, size)
	if err != nil {
		return im, err
	}
	if old, ok, err := s.again(ctx, by, kind, sum); err != nil || ok {
		return old, err
	}
	checked, err := s.files.Check(ctx, name, io.NewSectionReader(file, 0, size), files.Tables|files.Documents, s.limits.Size)
	if err != nil {
		return im, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		im = Import{ID: tx.NewID(), Version: 1, Kind: kind, FileName: name, SHA256: sum, UserID: by.UserID, State: Reading,
			Header: header, CreatedAt: db.At(tx.Now())}
		f, err := s.files.Add(ctx, tx, by, files.NewFile{Checked: checked, Owner: im.Ref()})
		if err != nil {
			return err
		}
		im.FileID, im.FileName = f.ID, f.Name
		if err := insert(ctx, tx, im); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, by, "imports.receive", nil, im); err != nil {
			return err
		}
		return work(ctx, tx, im.ID)
	})
	if db.IsDuplicate(err) { // the other one of two clicks was faster
		im, _, err = s.again(ctx, by, kind, sum)
	}
	return im, err
}

func (s *Service) again(ctx context.Context, by access.Actor, kind, sum string) (im Import, ok bool, err error) {
	if !by.SignedIn() {
		return im, false, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		im, ok, err = sameTable(ctx, tx, kind, sum, by.UserID)
		return err
	})
	return im, ok, err
}

// headerOf judges what can be told of a table without reading its rows.
func (s *Service) headerOf(k Kind, name string, file io.ReaderAt, size int64) (header []string, err error) {
	r, err := table.Open(name, file, size, s.limits)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if _, err := tableColumns(k).Match(r); err != nil {
		return nil, err
	}
	return r.Header(), nil
}

func hashOf(file io.ReaderAt, size int64) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(file, 0, size)); err != nil {
		return "", fmt.Errorf("imports: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// ByID is an import; it is there only for who handed it in and administrators.
func (s *Service) ByID(ctx context.Context, by access.Actor, id ref.ID) (im Import, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		im, err = visible(ctx, tx, by, id)
		return err
	})
	return im, err
}

func visible(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Import, error) {
	im, err := byID(ctx, tx, id)
	if err == nil && !mayLook(by, im) {
		return Import{}, problem.New(problem.NotFound, "problem.not_found")
	}
	return im, err
}

// Latest lists the actor's own imports, all of them for an administrator, newest first.
func (s *Service) Latest(ctx context.Context, by access.Actor, limit int) (list []Import, err error) {
	user := by.UserID
	if by.Has(access.Admin) || by.IsPortal() {
		user = 0
	} else if user == 0 {
		return nil, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = latest(ctx, tx, user, limit)
		return err
	})
	return list, err
}

// Which picks rows by verdict, or by outcome when that is given.
type Which struct {
	Verdict Verdict
	Outcome Outcome
}

// Rows gives the next rows of an import after a number, in their order.
func (s *Service) Rows(ctx context.Context, by access.Actor, id ref.ID, which Which, after, limit int) (rows []*Row, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if _, err := visible(ctx, tx, by, id); err != nil {
			return err
		}
		rows, err = rowsBy(ctx, tx, id, which, after, limit)
		return err
	})
	return rows, err
}

// Take accepts the good rows; a job applies them. version is the one that the
// person saw. Taken twice, it is taken once.
func (s *Service) Take(ctx context.Context, by access.Actor, id ref.ID, version int64) (Import, error) {
	return s.act(ctx, by, "imports.take", id, version, Applying, (*Import).take)
}

// Drop forgets a table that was not taken, or could not be read.
func (s *Service) Drop(ctx context.Context, by access.Actor, id ref.ID, version int64) (Import, error) {
	return s.act(ctx, by, "imports.drop", id, version, Dropped, func(im *Import) error {
		if im.State == Failed {
			return im.step(Failed, Dropped)
		}
		return im.step(Checked, Dropped)
	})
}

// Undo puts back what nobody has touched since; a job does it.
func (s *Service) Undo(ctx context.Context, by access.Actor, id ref.ID, version int64) (Import, error) {
	return s.act(ctx, by, "imports.undo", id, version, Undoing, func(im *Import) error { return im.step(Done, Undoing) })
}

// act is one word of the officer. The same word said again to the import that
// already follows it changes nothing.
func (s *Service) act(ctx context.Context, by access.Actor, act string, id ref.ID, version int64, to State, rule func(*Import) error) (im Import, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if im, err = visible(ctx, tx, by, id); err != nil {
			return err
		}
		if im.State == to {
			return nil
		}
		if _, err := s.Kind(by, im.Kind); err != nil {
			return err
		}
		if im.Version != version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		before := im
		if err := rule(&im); err != nil {
			return err
		}
		if err := s.save(ctx, tx, by, act, before, &im); err != nil || !im.State.Working() {
			return err
		}
		return work(ctx, tx, im.ID)
	})
	return im, err
}

func (s *Service) save(ctx context.Context, tx *db.Tx, by access.Actor, act string, before Import, im *Import) error {
	im.Version = before.Version + 1
	if err := update(ctx, tx, *im); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, act, before, *im)
}

// Await waits until no job is at the import; the command line uses it.
func (s *Service) Await(ctx context.Context, by access.Actor, id ref.ID, tell func(Import)) (Import, error) {
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	for {
		im, err := s.ByID(ctx, by, id)
		if err != nil {
			return im, err
		}
		tell(im)
		if !im.State.Working() {
			return im, nil
		}
		select {
		case <-ctx.Done():
			return im, ctx.Err()
		case <-look.C:
		}
	}
}

// keepRows is for how long the rows of an import that is over, or was never
// taken, can be read.
const keepRows = 30 * 24 * time.Hour

// Sweep removes the rows that are kept no longer.
func (s *Service) Sweep(ctx context.Context) error {
	var ids []ref.ID
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		ids, err = staleImports(ctx, tx, db.At(tx.Now().Add(-keepRows)))
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.sweep(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes the rows of one import; one that waited to be taken is dropped first.
func (s *Service) sweep(ctx context.Context, id ref.ID) error {
	by := access.Portal("imports")
	for more := true; more; {
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			im, err := byID(ctx, tx, id)
			if err != nil {
				return err
			}
			if im.State == Checked {
				before := im
				if err := im.step(Checked, Dropped); err != nil {
					return err
				}
				if err := s.save(ctx, tx, by, "imports.drop", before, &im); err != nil {
					return err
				}
			}
			n, err := deleteRows(ctx, tx, id, batch)
			more = n == batch
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// work puts in the job that moves an import on.
func work(ctx context.Context, tx *db.Tx, id ref.ID) error {
	return jobs.Enqueue(ctx, tx, job{id}, jobs.Unique(id.String()))
}
