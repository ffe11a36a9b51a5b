package search

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birge/internal/platform/ref"
)

// A snapshot file begins with magic, format, the analyser's fingerprint, the
// journal position and the saver's stamp, then holds the kinds, then a checksum
// of all before it.
// Numbers are little-endian, lists come after their length.
const (
	magic          = "BIRGEIDX"
	snapshotFormat = 2
	headSize       = len(magic) + 4 + 8 + 8
	checksumSize   = 4
)

// ErrSnapshot is wrapped by every error about a file that is damaged or foreign:
// rebuild the kinds from the store.
var ErrSnapshot = errors.New("search: the snapshot cannot be used")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Save writes everything known of filled kinds to path, or leaves the file there
// as it was. Reading and writing go on meanwhile. stamp is what Load is to judge
// the file by; it is asked for the journal position that is saved.
func (e *Engine) Save(path string, stamp func(seq int64) (string, error)) (err error) {
	now := e.now.Load()
	mark, err := stamp(now.seq)
	if err != nil {
		return fmt.Errorf("search: save: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("search: save: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("search: save: %w", err), f.Close(), os.Remove(f.Name()))
		}
	}()
	w := newWriter(f)
	w.number(uint64(now.seq))
	w.bytes([]byte(mark))
	w.state(now)
	if err = w.finish(); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	if closeErr := f.Close(); closeErr != nil {
		return fmt.Errorf("search: save: %w", closeErr)
	}
	return nil
}

// Load takes up what Save wrote, in place of everything known. It fails with
// ErrSnapshot on a file that is damaged, of another format, or of an analyser
// that makes other stems, with the error of judge, and with fs.ErrNotExist where
// there is none; the engine is then as before. It is meant for the start, before
// the first Apply.
func (e *Engine) Load(path string, judge func(seq int64, stamp string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("search: load: %w", err)
	}
	defer f.Close()
	if err := verify(f); err != nil {
		return err
	}
	r := reading{r: bufio.NewReaderSize(f, 1<<20)}
	seq, mark := int64(r.number()), string(r.bytes())
	if r.err == nil {
		if err := judge(seq, mark); err != nil {
			return err
		}
	}
	loaded := r.state(seq)
	if r.err != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, r.err)
	}
	e.write.Lock()
	defer e.write.Unlock()
	e.now.Store(loaded)
	return nil
}

// verify reads f to its end, compares its checksum and head, and returns to the
// first byte after the magic word, format and fingerprint. What follows can then
// be trusted to be what Save wrote.
func verify(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("search: load: %w", err)
	}
	if info.Size() < int64(headSize+checksumSize) {
		return fmt.Errorf("%w: it is too short", ErrSnapshot)
	}
	var head [headSize - 8]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return fmt.Errorf("search: load: %w", err)
	}
	switch {
	case string(head[:len(magic)]) != magic:
		return fmt.Errorf("%w: it is no search index", ErrSnapshot)
	case binary.LittleEndian.Uint32(head[len(magic):]) != snapshotFormat:
		return fmt.Errorf("%w: it has another format", ErrSnapshot)
	case binary.LittleEndian.Uint64(head[len(magic)+4:]) != fingerprint():
		return fmt.Errorf("%w: its words were analysed otherwise", ErrSnapshot)
	}
	sum := crc32.New(castagnoli)
	sum.Write(head[:])
	rest := info.Size() - int64(len(head)) - checksumSize
	if _, err := io.CopyBuffer(sum, io.LimitReader(f, rest), make([]byte, 1<<20)); err != nil {
		return fmt.Errorf("search: load: %w", err)
	}
	var want [checksumSize]byte
	if _, err := io.ReadFull(f, want[:]); err != nil {
		return fmt.Errorf("search: load: %w", err)
	}
	if sum.Sum32() != binary.LittleEndian.Uint32(want[:]) {
		return fmt.Errorf("%w: it is damaged", ErrSnapshot)
	}
	if _, err := f.Seek(int64(len(head)), io.SeekStart); err != nil {
		return fmt.Errorf("search: load: %w", err)
	}
	return nil
}

// writer writes a snapshot; its first error stays.
type writer struct {
	file *bufio.Writer
	sum  hash.Hash32
	buf  []byte
	err  error
}

func newWriter(f io.Writer) *writer {
	w := &writer{file: bufio.NewWriterSize(f, 1<<20), sum: crc32.New(castagnoli)}
	w.raw([]byte(magic))
	w.raw(binary.LittleEndian.AppendUint32(nil, snapshotFormat))
	w.number(fingerprint())
	return w
}

func (w *writer) finish() error {
	if w.err != nil {
		return w.err
	}
	if _, err := w.file.Write(binary.LittleEndian.AppendUint32(nil, w.sum.Sum32())); err != nil {
		return err
	}
	return w.file.Flush()
}

func (w *writer) raw(b []byte) {
	if w.err == nil {
		w.sum.Write(b)
		_, w.err = w.file.Write(b)
	}
}

func (w *writer) number(n uint64) { w.raw(binary.LittleEndian.AppendUint64(w.buf[:0], n)) }

func (w *writer) bytes(b []byte) {
	w.number(uint64(len(b)))
	w.raw(b)
}

type fixed interface {
	~uint16 | ~uint32 | ~uint64 | ~int64
}

func writeList[T fixed](w *writer, list []T) {
	w.number(uint64(len(list)))
	for part := range slices.Chunk(list, 8192) {
		w.buf = w.buf[:0]
		var err error
		if w.buf, err = binary.Append(w.buf, binary.LittleEndian, part); err != nil && w.err == nil {
			w.err = err
		}
		w.raw(w.buf)
	}
}

func (w *writer) state(s *state) {
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(s.kinds)) {
		if s.kinds[kind].ready {
			kinds = append(kinds, kind)
		}
	}
	w.number(uint64(len(kinds)))
	for _, kind := range kinds {
		w.bytes([]byte(kind))
		w.number(uint64(len(s.kinds[kind].views)))
		for _, v := range s.kinds[kind].views {
			w.view(v)
		}
	}
}

func (w *writer) view(v view) {
	writeList(w, v.ids)
	var gone []uint32
	if v.gone != nil {
		gone = v.gone.ToArray()
	}
	writeList(w, gone)
	w.bytes(v.postings.keys)
	writeList(w, v.postings.keyEnds)
	writeList(w, v.postings.sizes)
	writeList(w, v.postings.ends)
	w.bytes(v.postings.docs)
	writeNamed(w, v.facets, func(f *facet) {
		w.number(uint64(len(f.sets)))
		for _, set := range f.sets {
			writeList(w, set)
		}
		w.column(f.codes)
		writeList(w, f.sizes)
	})
	writeNamed(w, v.sorts, func(k *sortKeys) {
		w.column(k.values)
		writeList(w, k.order)
	})
	writeNamed(w, v.sums, func(s *summed) {
		w.column(s.values)
		w.number(uint64(s.total))
	})
}

func writeNamed[T any](w *writer, all map[string]T, write func(T)) {
	w.number(uint64(len(all)))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		w.bytes([]byte(name))
		write(all[name])
	}
}

func (w *writer) column(c column) {
	w.number(uint64(c.low))
	switch {
	case c.b1 != nil:
		w.number(1)
		w.bytes(c.b1)
	case c.b2 != nil:
		w.number(2)
		writeList(w, c.b2)
	case c.b4 != nil:
		w.number(4)
		writeList(w, c.b4)
	default:
		w.number(8)
		writeList(w, c.b8)
	}
}

// reading reads a verified snapshot; its first error stays.
type reading struct {
	r   io.Reader
	buf []byte
	err error
}

func (r *reading) fill(b []byte) {
	if r.err == nil {
		_, r.err = io.ReadFull(r.r, b)
	}
}

func (r *reading) number() uint64 {
	var b [8]byte
	r.fill(b[:])
	if r.err != nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b[:])
}

func (r *reading) bytes() []byte {
	b := make([]byte, r.number())
	r.fill(b)
	return b
}

func readList[T fixed](r *reading, width int) []T {
	list := make([]T, r.number())
	r.buf = slices.Grow(r.buf[:0], 8192*8)
	for part := range slices.Chunk(list, 8192) {
		raw := r.buf[:len(part)*width]
		r.fill(raw)
		for i := range part {
			switch width {
			case 2:
				part[i] = T(binary.LittleEndian.Uint16(raw[2*i:]))
			case 4:
				part[i] = T(binary.LittleEndian.Uint32(raw[4*i:]))
			default:
				part[i] = T(binary.LittleEndian.Uint64(raw[8*i:]))
			}
		}
	}
	return list
}

func (r *reading) state(seq int64) *state {
	s := &state{seq: seq, kinds: map[string]*index{}}
	for range r.number() {
		kind := string(r.bytes())
		ix := &index{ready: true}
		for range r.number() {
			ix.views = append(ix.views, r.view())
		}
		s.kinds[kind] = ix
	}
	return s
}

func (r *reading) view() view {
	s := newSegment(readList[ref.ID](r, 8))
	gone := readList[uint32](r, 4)
	s.postings = postings{
		keys: r.bytes(), keyEnds: readList[uint32](r, 4), sizes: readList[uint32](r, 4),
		ends: readList[uint32](r, 4), docs: r.bytes(),
	}
	readNamed(r, s.facets, func() *facet {
		f := &facet{sets: make([][]int64, r.number())}
		for i := range f.sets {
			f.sets[i] = readList[int64](r, 8)
		}
		f.codes, f.sizes = r.column(), readList[uint32](r, 4)
		return f
	})
	readNamed(r, s.sorts, func() *sortKeys {
		return &sortKeys{values: r.column(), order: readList[uint32](r, 4)}
	})
	readNamed(r, s.sums, func() *summed {
		return &summed{values: r.column(), total: int64(r.number())}
	})
	if len(gone) == 0 {
		return viewOf(s)
	}
	return viewOf(s).without(roaring.BitmapOf(gone...))
}

func readNamed[T any](r *reading, all map[string]T, read func() T) {
	for range r.number() {
		name := string(r.bytes())
		all[name] = read()
	}
}

func (r *reading) column() column {
	c := column{low: int64(r.number())}
	switch r.number() {
	case 1:
		c.b1 = r.bytes()
	case 2:
		c.b2 = readList[uint16](r, 2)
	case 4:
		c.b4 = readList[uint32](r, 4)
	default:
		c.b8 = readList[uint64](r, 8)
	}
	return c
}
