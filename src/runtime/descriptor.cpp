#include "runtime/descriptor.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include "runtime/ready_set.hpp"
#include "runtime/worker.hpp"

namespace redouble::runtime {
namespace {

constexpr Wake both = Wake::readable | Wake::writable;

class DescriptorState final : public detail::WaitState, private Watcher {
 public:
  // The first wait is for readability, nearly always.
  DescriptorState(Executor executor, FileDescriptor descriptor)
      : WaitState(executor), descriptor_(std::move(descriptor)) {
    const int error = set().add(descriptor_.get(), *this, Wake::readable);
    if (error == 0) {
      watched_ = true;
      interest_ = Wake::readable;
    } else if (error != EPERM) {  // epoll does not take regular files: they never block
      throw std::system_error(error, std::system_category(), "epoll_ctl");
    }
  }

  void close() noexcept override {
    WaitState::close();
    set().forget(*this);
    descriptor_ = FileDescriptor();
  }

 private:
  ReadySet& set() const noexcept { return executor().worker().ready_set(); }

  void arm(Wake wanted) override {
    const Wake missing = without(wanted & both, interest_);
    if (missing == Wake::none) return;
    const Wake all = interest_ | missing;
    const int error = watched_ ? set().change(descriptor_.get(), *this, all)
                               : set().add(descriptor_.get(), *this, all);
    if (error == 0) {
      watched_ = true;
      interest_ = all;
    } else {
      post_raise(missing);  // whatever is wrong, the system call will tell
    }
  }

  void ready(Wake what) noexcept override {
    const Wake waited_for = wanted() & both;
    if (waited_for == Wake::none) {
      // Nobody waits. A broken descriptor would go on reporting, so it leaves the set.
      set().remove(descriptor_.get());
      watched_ = false;
      interest_ = Wake::none;
      return;
    }
    if (has(what, without(interest_, waited_for))) {
      interest_ = waited_for;
      set().change(descriptor_.get(), *this, interest_);
    }
    if (has(what, waited_for)) raise(what & waited_for);
  }

  FileDescriptor descriptor_;
  Wake interest_ = Wake::none;
  bool watched_ = false;
};

}  // namespace

Descriptor::Descriptor(Executor executor, FileDescriptor descriptor)
    : native_(descriptor.get()), state_(new DescriptorState(executor, std::move(descriptor))) {}

Descriptor::~Descriptor() { state_->close(); }

}  // namespace redouble::runtime
