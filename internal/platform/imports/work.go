package imports

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/jobs"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
)

// batch is how many rows one transaction reads, applies or undoes.
const batch = 500

type job struct {
	ID ref.ID `json:"id"`
}

// JobKind names the job.
func (job) JobKind() string { return "imports.work" }

// Register has r do the work of imports.
func (s *Service) Register(r *jobs.Runner, zone *time.Location) {
	jobs.Handle(r, func(ctx context.Context, j job) error { return s.Work(ctx, j.ID) })
	r.Every("imports.sweep", jobs.Daily(3, 30, zone), s.Sweep)
}

// Work moves an import on until it rests. Begun again after a crash, it goes on
// behind the last batch that was kept.
func (s *Service) Work(ctx context.Context, id ref.ID) error {
	im, by, k, err := s.load(ctx, id)
	if err != nil {
		return err
	}
	switch im.State {
	case Reading:
		err = s.read(ctx, by, k, im)
	case Applying:
		err = s.apply(ctx, by, k, im)
	case Undoing:
		err = s.undo(ctx, by, k, im)
	}
	if problem.Is(err, problem.Conflict) && s.movedOn(ctx, im) {
		return nil // another worker is at it
	}
	return err
}

func (s *Service) load(ctx context.Context, id ref.ID) (im Import, by access.Actor, k Kind, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		im, err = byID(ctx, tx, id)
		return err
	})
	if err != nil {
		return im, by, nil, err
	}
	if k, err = s.kind(im.Kind); err != nil {
		return im, by, nil, err
	}
	if by = access.Portal("import"); im.UserID != 0 {
		by, err = s.actors(ctx, im.UserID)
		if err == nil && !by.SignedIn() { // the person left: every row is judged as a stranger's
			by = access.Actor{UserID: im.UserID}
		}
	}
	return im, by, k, err
}

// movedOn tells that an import is not any more where a worker found it.
func (s *Service) movedOn(ctx context.Context, im Import) bool {
	now, _, _, err := s.load(ctx, im.ID)
	return err == nil && (now.Version != im.Version || now.cursor > im.cursor || now.Counts != im.Counts)
}

// read stages and judges the rows of the file.
func (s *Service) read(ctx context.Context, by access.Actor, k Kind, im Import) error {
	file, size, release, err := s.open(ctx, im)
	if err != nil {
		return err
	}
	defer release()
	r, err := table.Open(im.FileName, file, size, s.limits)
	if err != nil {
		return s.fail(ctx, by, im, err)
	}
	defer r.Close()
	match, err := tableColumns(k).Match(r)
	if err != nil {
		return s.fail(ctx, by, im, err)
	}
	no := 0
	for ended := false; !ended; {
		var part []table.Row
		for len(part) < batch && !ended {
			row, err := r.Next()
			if ended = errors.Is(err, io.EOF); ended {
				break
			}
			if err != nil {
				return s.fail(ctx, by, im, err)
			}
			if isExample(k, match, row) {
				continue
			}
			if no++; no > im.cursor {
				part = append(part, row)
			}
		}
		if im, err = s.stage(ctx, by, k, im, match, part, ended); err != nil {
			return err
		}
	}
	return nil
}

// open gives the bytes of an import's table.
func (s *Service) open(ctx context.Context, im Import) (file io.ReaderAt, size int64, release func(), err error) {
	f, body, err := s.files.Open(ctx, im.FileID, files.Original)
	if err != nil {
		return nil, 0, nil, err
	}
	if at, ok := body.(io.ReaderAt); ok {
		return at, f.Size, func() { _ = body.Close() }, nil
	}
	tmp, err := os.CreateTemp("", "birge-import-")
	if err != nil {
		return nil, 0, nil, errors.Join(err, body.Close())
	}
	release = func() { _ = errors.Join(tmp.Close(), os.Remove(tmp.Name())) }
	if _, err := io.Copy(tmp, body); err != nil {
		release()
		return nil, 0, nil, errors.Join(err, body.Close())
	}
	return tmp, f.Size, release, body.Close()
}

// fail ends an import whose table cannot be read; other failures are the portal's.
func (s *Service) fail(ctx context.Context, by access.Actor, im Import, cause error) error {
	p := problem.As(cause)
	if p == nil {
		return cause
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		now := im
		now.State, now.Refusal = Failed, problem.Fault{Key: p.Key, Args: p.Args}
		return s.save(ctx, tx, by, "imports.fail", im, &now)
	})
}

// stage judges and keeps one batch of rows; the last one ends the reading.
func (s *Service) stage(ctx context.Context, by access.Actor, k Kind, im Import, match *table.Match, part []table.Row, last bool) (now Import, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		now = im
		rows := make([]*Row, len(part))
		for i, r := range part {
			rows[i] = &Row{No: im.cursor + i + 1, Line: r.Line, Cells: r.Cells, Record: match.Record(r)}
		}
		if err := s.judge(ctx, tx, by, k, now, rows); err != nil {
			return err
		}
		if err := refuseTwins(ctx, tx, now, rows); err != nil {
			return err
		}
		for _, r := range rows {
			now.Counts.count(r.Verdict, 1)
		}
		now.Counts.Read += int64(len(rows))
		now.cursor += len(rows)
		if err := insertRows(ctx, tx, now, rows); err != nil {
			return err
		}
		if err := moveOn(ctx, tx, im, now); err != nil || !last {
			return err
		}
		before := now
		now.State = Checked
		return s.save(ctx, tx, by, "imports.check", before, &now)
	})
	return now, err
}

func (c *Counts) count(v Verdict, n int64) {
	switch v {
	case Add:
		c.Add += n
	case Change:
		c.Change += n
	case Same:
		c.Same += n
	case Refuse:
		c.Refused += n
	}
}

// judge has the room judge rows; one with a fault is refused whatever it says.
func (s *Service) judge(ctx context.Context, tx *db.Tx, by access.Actor, k Kind, im Import, rows []*Row) error {
	if len(rows) == 0 {
		return nil
	}
	if err := k.Judge(ctx, tx, by, im, rows); err != nil {
		return err
	}
	for _, r := range rows {
		r.About = shown(r.About)
		if r.Faults = r.Record.Faults; len(r.Faults) > 0 {
			r.Verdict, r.Thing = Refuse, 0
		}
	}
	return nil
}

// refuseTwins refuses rows about what an earlier good row of the table is about.
func refuseTwins(ctx context.Context, tx *db.Tx, im Import, rows []*Row) error {
	var keys []string
	for _, r := range rows {
		if r.Verdict == Refuse {
			r.Keys = nil
		}
		keys = append(keys, r.Keys...)
	}
	lines, err := Earlier(ctx, tx, im, keys)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if line, twice := anyOf(lines, r.Keys); twice {
			r.Verdict, r.Keys, r.Thing = Refuse, nil, 0
			r.Faults.Reject(true, r.KeyColumn, "imports.twice", "line", line)
		}
		for _, key := range r.Keys {
			lines[key] = r.Line
		}
	}
	return nil
}

func anyOf(lines map[string]int, keys []string) (line int, ok bool) {
	for _, key := range keys {
		if line, ok = lines[key]; ok {
			return line, true
		}
	}
	return 0, false
}

// apply writes the good rows, batch by batch, and then shows all of them.
func (s *Service) apply(ctx context.Context, by access.Actor, k Kind, im Import) error {
	match := tableColumns(k).In(im.Header)
	for more := true; more; {
		if err := jobs.Progress(ctx, im.Counts.Applied, im.Counts.Good()); err != nil {
			return err
		}
		now := im
		err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
			now = im
			for more = true; more; {
				if more, err = s.applySome(ctx, tx, by, k, &now, match); err != nil || !k.AtOnce() {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		im = now
	}
	return nil
}

// applySome applies the next batch, or ends the import when there is none.
func (s *Service) applySome(ctx context.Context, tx *db.Tx, by access.Actor, k Kind, im *Import, match *table.Match) (more bool, err error) {
	rows, err := goodAfter(ctx, tx, im.ID, im.cursor, batch)
	if err != nil {
		return false, err
	}
	if len(rows) == 0 {
		return false, s.finish(ctx, tx, by, k, im)
	}
	before := *im
	if err := s.applyBatch(ctx, tx, by, k, im, match, rows); err != nil {
		return false, err
	}
	return true, moveOn(ctx, tx, before, *im)
}

// applyBatch judges rows once more, since the portal may have changed, and
// writes those that are still good.
func (s *Service) applyBatch(ctx context.Context, tx *db.Tx, by access.Actor, k Kind, im *Import, match *table.Match, rows []*Row) error {
	planned := make([]Verdict, len(rows))
	for i, r := range rows {
		planned[i] = r.Verdict
		r.Record = match.Record(table.Row{Line: r.Line, Cells: r.Cells})
	}
	if err := s.judge(ctx, tx, by, k, *im, rows); err != nil {
		return err
	}
	var good []*Row
	for i, r := range rows {
		im.Counts.count(planned[i], -1)
		im.Counts.count(r.Verdict, 1)
		if r.Verdict == Add || r.Verdict == Change {
			r.Outcome = Applied
			good = append(good, r)
		}
	}
	if len(good) > 0 {
		if err := k.Apply(ctx, tx, by, *im, good); err != nil {
			return err
		}
	}
	im.Counts.Applied += int64(len(good))
	im.cursor = rows[len(rows)-1].No
	return updateRows(ctx, tx, *im, rows)
}

// finish shows what was applied, in the transaction that ends the import.
func (s *Service) finish(ctx context.Context, tx *db.Tx, by access.Actor, k Kind, im *Import) error {
	if err := k.Show(ctx, tx, by, *im); err != nil {
		return err
	}
	before := *im
	im.State, im.DoneAt = Done, db.At(tx.Now())
	return s.save(ctx, tx, by, "imports.done", before, im)
}

// undo puts rows back, the last first.
func (s *Service) undo(ctx context.Context, by access.Actor, k Kind, im Import) error {
	for more := true; more; {
		if err := jobs.Progress(ctx, im.Counts.Undone+im.Counts.Kept, im.Counts.Applied); err != nil {
			return err
		}
		now := im
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			now = im
			rows, err := lastApplied(ctx, tx, im.ID, batch)
			if err != nil {
				return err
			}
			if more = len(rows) > 0; !more {
				before := now
				now.State = Undone
				return s.save(ctx, tx, by, "imports.undone", before, &now)
			}
			if err := s.undoBatch(ctx, tx, by, k, &now, rows); err != nil {
				return err
			}
			return moveOn(ctx, tx, im, now)
		})
		if err != nil {
			return err
		}
		im = now
	}
	return nil
}

func (s *Service) undoBatch(ctx context.Context, tx *db.Tx, by access.Actor, k Kind, im *Import, rows []*Row) error {
	for _, r := range rows {
		r.Outcome = PutBack
	}
	if err := k.Undo(ctx, tx, by, *im, rows); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Outcome == Kept {
			im.Counts.Kept++
		} else {
			im.Counts.Undone++
		}
	}
	return updateRows(ctx, tx, *im, rows)
}
